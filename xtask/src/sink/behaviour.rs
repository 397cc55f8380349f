//! What the sink does with a mail, chosen by the local part of a recipient's address.
//!
//! | local part begins with | the sink |
//! |---|---|
//! | `refuse-data` | 554 after the final dot |
//! | `later-data` | 451 after the final dot |
//! | `drop-at-data` | closes the connection instead of asking for the text |
//! | `drop-after-dot` | keeps the mail and closes the connection without an answer |
//! | `slow` | answers the final dot after two seconds |
//! | `refuse` | 550 at RCPT |
//! | `later` | 451 at RCPT |
//!
//! With `-once` behind it (`later-once-a@…`) only the first time for that address; then all is well.

use std::collections::HashSet;
use std::sync::Mutex;

/// One way to treat a mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Behaviour {
    /// Takes it at once.
    Accept,
    /// Takes it after two seconds.
    Slow,
    /// 550 at RCPT.
    RefuseRecipient,
    /// 451 at RCPT.
    LaterRecipient,
    /// Hangs up at DATA.
    DropAtData,
    /// 554 after the final dot.
    RefuseData,
    /// 451 after the final dot.
    LaterData,
    /// Keeps the mail, hangs up after the final dot.
    DropAfterDot,
}

/// Longer words first: `refuse-data` also begins with `refuse`.
const TABLE: [(&str, Behaviour); 7] = [
    ("refuse-data", Behaviour::RefuseData),
    ("later-data", Behaviour::LaterData),
    ("drop-at-data", Behaviour::DropAtData),
    ("drop-after-dot", Behaviour::DropAfterDot),
    ("slow", Behaviour::Slow),
    ("refuse", Behaviour::RefuseRecipient),
    ("later", Behaviour::LaterRecipient),
];

/// Remembers which `-once` addresses have already been mistreated.
#[derive(Default)]
pub struct Once {
    seen: Mutex<HashSet<String>>,
}

impl Once {
    /// What to do for `address`; asking uses up the one time of a `-once` address.
    pub fn behaviour(&self, address: &str) -> Behaviour {
        let local = address.rsplit_once('@').map_or(address, |(local, _)| local);
        let Some((word, behaviour)) = TABLE.iter().find(|(word, _)| local.starts_with(word)) else {
            return Behaviour::Accept;
        };
        let only_once = local.strip_prefix(word).is_some_and(|rest| rest.starts_with("-once"));
        if only_once && !self.first_time(address) {
            return Behaviour::Accept;
        }
        *behaviour
    }

    fn first_time(&self, address: &str) -> bool {
        let mut seen = self.seen.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        seen.insert(address.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_local_part_chooses() {
        let once = Once::default();
        for (address, expected) in [
            ("taro@example.jp", Behaviour::Accept),
            ("refuse-1@example.jp", Behaviour::RefuseRecipient),
            ("refuse-data-1@example.jp", Behaviour::RefuseData),
            ("later@example.jp", Behaviour::LaterRecipient),
            ("drop-after-dot.7@example.jp", Behaviour::DropAfterDot),
            ("slow@later.example", Behaviour::Slow),
        ] {
            assert_eq!(once.behaviour(address), expected, "{address}");
        }
    }

    #[test]
    fn once_means_once_for_each_address() {
        let once = Once::default();
        assert_eq!(once.behaviour("later-once-a@example.jp"), Behaviour::LaterRecipient);
        assert_eq!(once.behaviour("later-once-a@example.jp"), Behaviour::Accept);
        assert_eq!(once.behaviour("later-once-b@example.jp"), Behaviour::LaterRecipient);
    }
}
