//! A mail address as it is kept beside messages, and the one way to compare addresses.

use serde::{Deserialize, Serialize};

/// A mail address with the name beside it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The display name.
    pub name: Option<String>,
    /// `local@domain` as written.
    pub address: String,
}

impl Address {
    /// What to compare by.
    pub fn folded(&self) -> String {
        fold(&self.address)
    }
}

/// What addresses are compared by: everything lower-cased, as no server in use tells local parts apart by case.
/// Columns that end in `_folded` hold this.
pub fn fold(address: &str) -> String {
    address.trim().to_lowercase()
}

crate::column::json!(Address, Vec<Address>);
