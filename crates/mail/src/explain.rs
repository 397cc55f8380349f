//! What is in a mail, told without a database (contract §2).

use serde::Serialize;

/// The whole answer of `henji explain` for one mail.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// The name it was given.
    pub file: String,
    /// Length in bytes.
    pub size: u64,
}

/// Explains the bytes of one mail.
pub fn explain(file: &str, bytes: &[u8]) -> Explanation {
    Explanation { file: file.to_owned(), size: bytes.len() as u64 }
}

/// Explains a text that is only the body of a mail.
pub fn explain_text(file: &str, text: &str) -> Explanation {
    Explanation { file: file.to_owned(), size: text.len() as u64 }
}
