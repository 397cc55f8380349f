//! What an agent's name, address and password must be.

use crate::fault::Fault;

/// Shortest password, in characters.
pub const PASSWORD_MIN: usize = 10;
/// Longest password, in bytes: longer ones only cost the server time.
pub const PASSWORD_MAX_BYTES: usize = 1_024;
/// Longest name, in characters.
pub const NAME_MAX: usize = 100;

/// What agents' addresses are compared and looked up by.
pub fn fold_email(email: &str) -> String {
    email.trim().to_lowercase()
}

/// What is wrong with a person's address and name: codes `required`, `too_long`, `not_an_address`,
/// `control_character`.
pub fn check(name: &str, email: &str) -> Vec<Fault> {
    let mut faults = Vec::new();
    let name = name.trim();
    if name.is_empty() {
        faults.push(Fault::new("name", "required"));
    } else if name.chars().count() > NAME_MAX {
        faults.push(Fault::new("name", "too_long"));
    } else if name.chars().any(char::is_control) {
        faults.push(Fault::new("name", "control_character"));
    }
    if email.trim().is_empty() {
        faults.push(Fault::new("email", "required"));
    } else if !is_address(email.trim()) {
        faults.push(Fault::new("email", "not_an_address"));
    }
    faults
}

/// What is wrong with a new password: `required`, `too_short`, `too_long`, `too_simple` (one or two characters
/// over and over), `same_as_email`.
///
/// Length counts, mixtures don't: rules about kinds of characters make people write `Password1!`.
pub fn check_password(password: &str, email: &str) -> Option<Fault> {
    let code = if password.is_empty() {
        "required"
    } else if password.chars().count() < PASSWORD_MIN {
        "too_short"
    } else if password.len() > PASSWORD_MAX_BYTES {
        "too_long"
    } else if password.chars().collect::<std::collections::BTreeSet<_>>().len() < 3 {
        "too_simple"
    } else if fold_email(password) == fold_email(email) {
        "same_as_email"
    } else {
        return None;
    };
    Some(Fault::new("password", code))
}

/// Whether the text can be a mail address: one local part and one domain, without blanks, control characters or
/// brackets. Japanese carriers gave out local parts such as `a..b` and `a.`, so dots are free.
pub fn is_address(text: &str) -> bool {
    let forbidden =
        |c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let labels_fit = domain.split('.').all(|label| {
        !label.is_empty() && label.len() <= 63 && !label.starts_with('-') && !label.ends_with('-')
    });
    let domain_chars = domain.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '.'));
    !local.is_empty()
        && !local.contains('@')
        && text.len() <= 254
        && !text.chars().any(forbidden)
        && labels_fit
        && domain_chars
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn addresses_that_people_have_are_addresses() {
        for address in [
            "a@example.com",
            "a..b@docomo.ne.jp",
            ".a.@ezweb.ne.jp",
            "taro+h@xn--wgv71a.jp",
            "太郎@例え.jp",
            "root@localhost",
        ] {
            assert!(is_address(address), "{address}");
        }
    }

    #[test]
    fn what_cannot_be_an_address_is_none() {
        for text in [
            "",
            "a",
            "@example.com",
            "a@",
            "a@b@c.jp",
            "a b@c.jp",
            "a@c..jp",
            "a@-c.jp",
            "<a@c.jp>",
            "a@c.jp\r\nBcc: x@y.z",
        ] {
            assert!(!is_address(text), "{text:?}");
        }
    }

    #[test]
    fn each_wrong_field_is_named() {
        assert!(check("八王子 太郎", "Taro@example.co.jp").is_empty());
        assert_eq!(check(" ", ""), [Fault::new("name", "required"), Fault::new("email", "required")]);
        assert_eq!(
            check("a\nb", "a"),
            [Fault::new("name", "control_character"), Fault::new("email", "not_an_address")]
        );
        assert_eq!(check(&"あ".repeat(101), "a@b.jp"), [Fault::new("name", "too_long")]);
    }

    #[test]
    fn a_password_must_be_long_and_not_the_address() {
        let table = [
            ("", Some("required")),
            ("ひみつ", Some("too_short")),
            ("aaaaaaaaaaaa", Some("too_simple")),
            ("TARO@example.com", Some("same_as_email")),
            ("correct horse", None),
            ("ながいことばはつよい", None),
        ];
        for (password, code) in table {
            assert_eq!(
                check_password(password, "taro@example.com").map(|fault| fault.code),
                code,
                "{password}"
            );
        }
        assert_eq!(check_password(&"ab c".repeat(300), "a@b.jp").map(|fault| fault.code), Some("too_long"));
    }

    proptest! {
        #[test]
        fn an_address_never_carries_a_second_header_line(text in "[a-z@.\r\n: <>あ]{0,20}") {
            if is_address(&text) {
                prop_assert!(!text.contains(['\r', '\n', ' ', '<', '>']));
            }
        }
    }
}
