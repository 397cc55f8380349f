//! The argument of MAIL and RCPT: an address in angle brackets and parameters behind it. Read
//! with patience, because carriers and old programs write addresses that the RFC forbids
//! (`<a..b@docomo.ne.jp>`); whether an address is ours is not decided here.

/// What stood in the argument.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    /// Without brackets and without a source route; empty for `<>`.
    pub address: String,
    /// Keyword in upper case, and its value.
    pub parameters: Vec<(String, Option<String>)>,
}

/// No address is longer, quoted parts and all (RFC 5321 allows 256).
const LONGEST: usize = 512;

/// Reads what stands behind `FROM:` or `TO:`.
pub(crate) fn path(argument: &str) -> Option<Path> {
    let argument = argument.trim();
    let (address, rest) = match argument.strip_prefix('<') {
        Some(inside) => in_brackets(inside)?,
        None => argument.split_once(' ').unwrap_or((argument, "")),
    };
    if !argument.starts_with('<') && address.is_empty() {
        return None;
    }
    let address = without_route(address);
    if address.len() > LONGEST || address.chars().any(char::is_control) {
        return None;
    }
    let parameters = rest.split_whitespace().map(parameter).collect();
    Some(Path { address: address.to_owned(), parameters })
}

/// The text up to the bracket that closes, which may also stand inside quotes.
fn in_brackets(inside: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '>' if !quoted => return Some((inside[..at].trim(), &inside[at + 1..])),
            '<' if !quoted => return None,
            _ => {}
        }
    }
    None
}

/// `@a,@b:user@host` means `user@host` (RFC 5321 §4.1.1.3: to be ignored).
fn without_route(address: &str) -> &str {
    if !address.starts_with('@') {
        return address;
    }
    address.split_once(':').map_or(address, |(_route, rest)| rest)
}

fn parameter(word: &str) -> (String, Option<String>) {
    match word.split_once('=') {
        Some((key, value)) => (key.to_ascii_uppercase(), Some(value.to_owned())),
        None => (word.to_ascii_uppercase(), None),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(argument: &str) -> Option<String> {
        path(argument).map(|path| path.address)
    }

    #[test]
    fn addresses_are_taken_as_people_really_have_them() {
        for (given, read) in [
            ("<support@example.com>", "support@example.com"),
            (" <support@example.com> ", "support@example.com"),
            ("<a..b@docomo.ne.jp>", "a..b@docomo.ne.jp"),
            ("<.a.@docomo.ne.jp>", ".a.@docomo.ne.jp"),
            (r#"<"a b>c\"d"@example.com>"#, r#""a b>c\"d"@example.com"#),
            ("<>", ""),
            ("<@relay.example,@other.example:user@example.com>", "user@example.com"),
            ("user@example.com SIZE=10", "user@example.com"),
            ("<support+h0123@example.com>", "support+h0123@example.com"),
            ("<問い合わせ@例え.jp>", "問い合わせ@例え.jp"),
            ("<postmaster>", "postmaster"),
        ] {
            assert_eq!(address(given).as_deref(), Some(read), "{given}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused() {
        for given in
            ["", " ", "<user@example.com", "<a<b@example.com>", "<a\tb\u{0}@example.com>", r#"<"a@b>"#]
        {
            assert_eq!(address(given), None, "{given}");
        }
        assert_eq!(address(&format!("<{}@example.com>", "a".repeat(600))), None);
    }

    #[test]
    fn parameters_stand_behind_the_address() {
        let read = path("<a@example.com> size=123 BODY=8BITMIME SMTPUTF8").unwrap();
        let pair = |k: &str, v: Option<&str>| (k.to_owned(), v.map(str::to_owned));
        let expected = [pair("SIZE", Some("123")), pair("BODY", Some("8BITMIME")), pair("SMTPUTF8", None)];
        assert_eq!(read.parameters, expected);
    }

    proptest! {
        #[test]
        fn any_argument_is_read_or_refused_but_never_panics(argument in any::<String>()) {
            let _ = path(&argument);
        }
    }
}
