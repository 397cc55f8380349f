//! Secrets that are handed out once and kept only as a SHA-256: session cookies, bearer tokens, links (contract §6.1).

use data_encoding::BASE64URL_NOPAD;
use sha2::{Digest, Sha256};

/// How many random bytes a secret has (256 bits).
pub const LEN: usize = 32;

/// The text form that is given to a person or a browser.
pub fn to_text(secret: [u8; LEN]) -> String {
    BASE64URL_NOPAD.encode(&secret)
}

/// What is kept of a secret: its SHA-256. `None` when the text can't be one of ours.
pub fn hash(text: &str) -> Option<Vec<u8>> {
    let bytes = BASE64URL_NOPAD.decode(text.as_bytes()).ok()?;
    (bytes.len() == LEN).then(|| Sha256::digest(&bytes).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_texts_that_can_be_ours_have_a_hash() {
        assert!(hash(&to_text([9; LEN])).is_some());
        assert!(hash("").is_none());
        assert!(hash("あ").is_none());
        assert!(hash("AAAA").is_none());
    }
}
