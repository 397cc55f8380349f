//! What is wrong with a field that a person filled in: a code, whose sentence stands in the translation files.

/// One wrong field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Fault {
    /// The field, as the API names it.
    pub field: &'static str,
    /// What is wrong with it.
    pub code: &'static str,
}

impl Fault {
    pub(crate) const fn new(field: &'static str, code: &'static str) -> Self {
        Self { field, code }
    }
}
