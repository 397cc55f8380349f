//! The people who write to us. One contact may have many addresses; an address belongs to one contact.

use crate::{
    StoreError,
    address::fold,
    column,
    tx::{Tx, all, changed, found, maybe, maybe_value, run, value},
};
use desk::{ids::ContactId, time::Millis};

column::row! {
    /// One person.
    pub struct ContactRow {
        /// Identity.
        pub id: ContactId,
        /// Their name; empty while none was read.
        pub name: String,
        /// Raised at every change.
        pub version: i64,
        /// When they first wrote.
        pub created_at: Millis,
    }
}

/// The contact of this address; a new one with that name if nobody has it. A contact without a name gets this one.
pub async fn find_or_add(
    tx: &mut Tx,
    address: &str,
    name: Option<&str>,
    now: Millis,
) -> Result<ContactId, StoreError> {
    const ADD: &str = "insert into contacts (name, version, created_at) values ($1, 1, $2) returning id";
    let folded = fold(address);
    if let Some(id) = by_folded(tx, &folded).await? {
        return Ok(id);
    }
    let id: i64 = value!(tx, ADD, name.unwrap_or_default(), now)?;
    if put_address(tx, ContactId(id), &folded, address, now).await? {
        return Ok(ContactId(id));
    }
    // Somebody else added the same address at the same moment: theirs stays.
    run!(tx, "delete from contacts where id = $1", id)?;
    by_folded(tx, &folded).await?.ok_or(StoreError::Busy)
}

/// The contact of this address, however it is written.
pub async fn by_address(tx: &mut Tx, address: &str) -> Result<Option<ContactId>, StoreError> {
    by_folded(tx, &fold(address)).await
}

/// One contact.
pub async fn get(tx: &mut Tx, id: ContactId) -> Result<Option<ContactRow>, StoreError> {
    Ok(maybe!(tx, "select id, name, version, created_at from contacts where id = $1", id.0)?)
}

/// Contacts by id; at most `limit` after `after`.
pub async fn list(tx: &mut Tx, after: ContactId, limit: i64) -> Result<Vec<ContactRow>, StoreError> {
    const SQL: &str = "select id, name, version, created_at from contacts where id > $1 order by id limit $2";
    Ok(all!(tx, SQL, after.0, limit)?)
}

/// Gives a contact another name over the version that was seen. Stale: [`StoreError::Conflict`].
pub async fn rename(tx: &mut Tx, id: ContactId, seen: i64, name: &str) -> Result<(), StoreError> {
    const SQL: &str = "update contacts set name = $3, version = version + 1 where id = $1 and version = $2";
    changed(run!(tx, SQL, id.0, seen, name)?)
}

/// Gives a contact a name if it has none yet.
pub async fn name_if_unknown(tx: &mut Tx, id: ContactId, name: &str) -> Result<(), StoreError> {
    const SQL: &str = "update contacts set name = $2, version = version + 1 where id = $1 and name = ''";
    run!(tx, SQL, id.0, name)?;
    Ok(())
}

/// The addresses of a contact as written, the oldest first; at most 100.
pub async fn addresses(tx: &mut Tx, id: ContactId) -> Result<Vec<String>, StoreError> {
    const SQL: &str = "
        select address from contact_addresses
        where contact = $1
        order by added_at, address_folded limit 100";
    Ok(crate::tx::values!(tx, SQL, id.0)?)
}

/// Gives an address to a contact. It belongs to another one: [`StoreError::Conflict`].
pub async fn add_address(tx: &mut Tx, id: ContactId, address: &str, now: Millis) -> Result<(), StoreError> {
    let folded = fold(address);
    if put_address(tx, id, &folded, address, now).await? || by_folded(tx, &folded).await? == Some(id) {
        return Ok(());
    }
    Err(StoreError::Conflict)
}

/// Makes two contacts one: addresses and tickets of `from` go to `into`, and `from` is gone.
pub async fn merge(tx: &mut Tx, from: ContactId, into: ContactId) -> Result<(), StoreError> {
    run!(tx, "update contact_addresses set contact = $2 where contact = $1", from.0, into.0)?;
    run!(tx, "update tickets set contact = $2, version = version + 1 where contact = $1", from.0, into.0)?;
    found(run!(tx, "delete from contacts where id = $1", from.0)?)
}

async fn by_folded(tx: &mut Tx, folded: &str) -> Result<Option<ContactId>, StoreError> {
    const SQL: &str = "select contact from contact_addresses where address_folded = $1";
    let id: Option<i64> = maybe_value!(tx, SQL, folded)?;
    Ok(id.map(ContactId))
}

async fn put_address(
    tx: &mut Tx,
    id: ContactId,
    folded: &str,
    address: &str,
    now: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        insert into contact_addresses (address_folded, address, contact, added_at)
        values ($1, $2, $3, $4)
        on conflict (address_folded) do nothing";
    Ok(run!(tx, SQL, folded, address, id.0, now)? == 1)
}
