//! Which node does what only one node at a time may do (polling a mailbox, clocks): a lease for each duty.

use crate::{
    StoreError,
    tx::{Tx, maybe_value, run},
};
use desk::time::Millis;

/// Takes a duty, or keeps it, until `lease_until`. False while another node has it.
pub async fn take(
    tx: &mut Tx,
    name: &str,
    node: &str,
    now: Millis,
    lease_until: Millis,
) -> Result<bool, StoreError> {
    const SQL: &str = "
        insert into duties (name, node, lease_until)
        values ($1, $2, $3)
        on conflict (name) do update
        set node = excluded.node, lease_until = excluded.lease_until
        where duties.node = excluded.node or duties.lease_until <= $4
        returning lease_until";
    let taken: Option<i64> = maybe_value!(tx, SQL, name, node, lease_until, now)?;
    Ok(taken.is_some())
}

/// Gives a duty back, so that another node need not wait for the end of the lease.
pub async fn release(tx: &mut Tx, name: &str, node: &str) -> Result<(), StoreError> {
    run!(tx, "delete from duties where name = $1 and node = $2", name, node)?;
    Ok(())
}
