//! Agents who share work. A new desk has one team.

use crate::{
    StoreError, column,
    tx::{Tx, all, maybe},
};
use desk::ids::TeamId;

column::row! {
    /// One team.
    pub struct TeamRow {
        /// Identity.
        pub id: TeamId,
        /// Its name.
        pub name: String,
        /// Raised at every change.
        pub version: i64,
    }
}

/// Every team, by id.
pub async fn list(tx: &mut Tx) -> Result<Vec<TeamRow>, StoreError> {
    const SQL: &str = "select id, name, version from teams order by id limit 1000";
    Ok(all!(tx, SQL)?)
}

/// The team of this id.
pub async fn by_id(tx: &mut Tx, id: TeamId) -> Result<Option<TeamRow>, StoreError> {
    const SQL: &str = "select id, name, version from teams where id = $1";
    Ok(maybe!(tx, SQL, id.0)?)
}
