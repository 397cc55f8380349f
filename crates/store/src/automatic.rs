//! Automatic mails that left: what the caps of the loop guard count.

use crate::{
    StoreError,
    address::fold,
    tx::{Tx, run, value},
};
use desk::time::Millis;

/// An automatic mail of this kind goes to this address.
pub async fn record(tx: &mut Tx, address: &str, kind: &str, now: Millis) -> Result<(), StoreError> {
    const SQL: &str = "insert into automatic_mails (address_folded, kind, at) values ($1, $2, $3)";
    run!(tx, SQL, fold(address), kind, now)?;
    Ok(())
}

/// How many automatic mails went to this address since then, of any kind.
pub async fn count_since(tx: &mut Tx, address: &str, since: Millis) -> Result<i64, StoreError> {
    const SQL: &str = "select count(*) from automatic_mails where address_folded = $1 and at >= $2";
    Ok(value!(tx, SQL, fold(address), since)?)
}

/// Forgets those from before `before`; how many.
pub async fn prune(tx: &mut Tx, before: Millis) -> Result<u64, StoreError> {
    Ok(run!(tx, "delete from automatic_mails where at < $1", before)?)
}
