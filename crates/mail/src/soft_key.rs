//! One mail that arrived over two ways has other bytes (trace lines), but the same soft key (contract §6.4).

use crate::mail::Mail;
use sha2::{Digest, Sha256};

/// The key: SHA-256 over Message-ID, From, Date and the hash of the body bytes.
/// A mail without Message-ID has a key too; whether it may be trusted is the caller's decision.
pub fn of(mail: &Mail, bytes: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut add = |field: &[u8]| {
        hash.update((field.len() as u64).to_be_bytes());
        hash.update(field);
    };
    add(mail.message_id.as_deref().unwrap_or_default().as_bytes());
    for from in &mail.from {
        add(from.folded().as_bytes());
    }
    add(&mail.date.map_or(0, |d| d.at.as_millisecond()).to_be_bytes());
    add(&Sha256::digest(body(bytes)));
    hash.finalize().into()
}

/// What follows the first empty line.
fn body(bytes: &[u8]) -> &[u8] {
    let mut start = 0;
    for end in memchr::memchr_iter(b'\n', bytes) {
        let line = &bytes[start..end];
        if line.is_empty() || line == b"\r" {
            return &bytes[end + 1..];
        }
        start = end + 1;
    }
    &[]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn trace_lines_do_not_change_the_key_and_a_changed_body_does() {
        let plain = b"Message-ID: <1@a>\r\nFrom: a@example.jp\r\n\r\nhello\r\n".as_slice();
        let traced = [b"Received: from x by y\r\n".as_slice(), plain].concat();
        let other = [plain, b"more\r\n"].concat();
        let key = |bytes: &[u8]| of(&crate::read(bytes), bytes);
        assert_eq!(key(plain), key(&traced));
        assert_ne!(key(plain), key(&other));
    }
}
