//! Plus-addresses: `local+h{token}@domain` for answers, `local+b{token}` for what comes back (contract §6.2).
//! The token is a MAC of the ticket's number: whoever has it was once told it, no more.

use crate::message_id::{base32, mac};

/// Characters of a token.
const TOKEN: usize = 16;

/// The key that makes the tokens of a desk.
#[derive(Clone)]
pub struct PlusKey {
    key: [u8; 32],
}

impl PlusKey {
    /// `key` is the desk's subkey with the label `plus`.
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// The token of a ticket: 16 characters base32, lower case, always the same for the same ticket.
    pub fn token(&self, ticket: i64) -> String {
        base32(&mac(&self.key, &ticket.to_be_bytes()))
    }

    /// Whether `token` is this ticket's, in time that tells nothing.
    pub fn matches(&self, ticket: i64, token: &str) -> bool {
        let ours = self.token(ticket);
        subtle::ConstantTimeEq::ct_eq(ours.as_bytes(), token.to_ascii_lowercase().as_bytes()).into()
    }
}

/// `address` with the plus-part: `purpose` is `h` (answers) or `b` (returned mail).
/// An address without `@` is given back as it is.
pub fn address(address: &str, purpose: char, token: &str) -> String {
    match address.rsplit_once('@') {
        Some((local, domain)) => format!("{local}+{purpose}{token}@{domain}"),
        None => address.to_owned(),
    }
}

/// Purpose and token of a recipient address that carries one; the token is not checked.
pub fn find(recipient: &str) -> Option<(char, String)> {
    let (local, _) = recipient.rsplit_once('@')?;
    let (_, tag) = local.rsplit_once('+')?;
    let mut letters = tag.chars();
    let purpose = letters.next()?.to_ascii_lowercase();
    let token = letters.as_str().to_ascii_lowercase();
    let known = matches!(purpose, 'h' | 'b');
    (known && token.len() == TOKEN && token.bytes().all(|b| matches!(b, b'a'..=b'z' | b'2'..=b'7')))
        .then_some((purpose, token))
}

/// The address without a plus-part of ours; every other address stays as it is.
pub fn strip(recipient: &str) -> String {
    match (find(recipient), recipient.rsplit_once('@')) {
        (Some(_), Some((local, domain))) => {
            let local = local.rsplit_once('+').map_or(local, |(local, _)| local);
            format!("{local}@{domain}")
        }
        _ => recipient.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_goes_into_an_address_and_comes_out_again() {
        let key = PlusKey::new([3; 32]);
        let token = key.token(20_418);
        let tagged = address("info@example.jp", 'h', &token);
        assert_eq!(find(&tagged), Some(('h', token.clone())));
        assert_eq!(strip(&tagged), "info@example.jp");
        assert!(key.matches(20_418, &token.to_uppercase()));
        assert!(!key.matches(20_419, &token));
    }

    #[test]
    fn a_customers_own_plus_address_is_left_alone() {
        for address in ["taro+shop@example.jp", "taro+h@example.jp", "plain@example.jp", "no-at"] {
            assert_eq!(find(address), None);
            assert_eq!(strip(address), address);
        }
    }
}
