//! What a supervisor may change about the desk, by key; the value's shape belongs to whoever owns the key.

use crate::{
    StoreError, column,
    tx::{Tx, changed, maybe, run},
};
use desk::time::Millis;
use serde_json::Value;

column::row! {
    /// One setting.
    pub struct Setting {
        /// Its name.
        pub key: String,
        /// Its value.
        pub value: Value,
        /// Raised at every write.
        pub version: i64,
    }
}

/// The setting of this name, if it was ever written.
pub async fn get(tx: &mut Tx, key: &str) -> Result<Option<Setting>, StoreError> {
    const SQL: &str = "select key, value, version from settings where key = $1";
    Ok(maybe!(tx, SQL, key)?)
}

/// Writes a setting over the version that was seen; 0 for one that is not there yet. Stale: [`StoreError::Conflict`].
pub async fn put(tx: &mut Tx, key: &str, value: &Value, seen: i64, now: Millis) -> Result<i64, StoreError> {
    const ADD: &str = "insert into settings (key, value, version, changed_at) values ($1, $2, 1, $3)
        on conflict (key) do nothing";
    const CHANGE: &str = "update settings set value = $2, version = version + 1, changed_at = $3
        where key = $1 and version = $4";
    let value = column::json_of(value);
    let rows =
        if seen == 0 { run!(tx, ADD, key, value, now)? } else { run!(tx, CHANGE, key, value, now, seen)? };
    changed(rows)?;
    Ok(seen + 1)
}
