//! Folder names as IMAP writes them: modified UTF-7 (RFC 3501 §5.1.3). 迷惑メール is
//! `&j,dg0TDhMPww6w-` on the wire.

use data_encoding::BASE64_NOPAD;

/// The name as people read it; `None` if it is not proper modified UTF-7.
pub(super) fn decode(wire: &str) -> Option<String> {
    let mut name = String::with_capacity(wire.len());
    let mut rest = wire;
    while let Some(at) = rest.find('&') {
        name.push_str(&rest[..at]);
        let (shifted, after) = rest[at + 1..].split_once('-')?;
        if shifted.is_empty() {
            name.push('&');
        } else {
            let bytes = BASE64_NOPAD.decode(shifted.replace(',', "/").as_bytes()).ok()?;
            let units: Vec<u16> = bytes.chunks(2).map(unit).collect::<Option<_>>()?;
            name.push_str(&String::from_utf16(&units).ok()?);
        }
        rest = after;
    }
    name.push_str(rest);
    Some(name)
}

fn unit(pair: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes(pair.try_into().ok()?))
}

/// The name as the wire wants it.
pub(super) fn encode(name: &str) -> String {
    let mut wire = String::with_capacity(name.len());
    let mut shifted: Vec<u8> = Vec::new();
    for c in name.chars() {
        if matches!(c, ' '..='~') {
            leave(&mut wire, &mut shifted);
            wire.push(c);
            if c == '&' {
                wire.push('-');
            }
        } else {
            let mut units = [0; 2];
            shifted.extend(c.encode_utf16(&mut units).iter().flat_map(|unit| unit.to_be_bytes()));
        }
    }
    leave(&mut wire, &mut shifted);
    wire
}

fn leave(wire: &mut String, shifted: &mut Vec<u8>) {
    if shifted.is_empty() {
        return;
    }
    wire.push('&');
    wire.push_str(&BASE64_NOPAD.encode(shifted).replace('/', ","));
    wire.push('-');
    shifted.clear();
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_names_that_japanese_servers_use() {
        for (name, wire) in [
            ("INBOX", "INBOX"),
            ("迷惑メール", "&j,dg0TDhMPww6w-"),
            ("送信済み", "&kAFP4W4IMH8-"),
            ("[Gmail]/迷惑メール", "[Gmail]/&j,dg0TDhMPww6w-"),
            ("Q&A", "Q&-A"),
            ("台北", "&U,BTFw-"),
        ] {
            assert_eq!(encode(name), wire);
            assert_eq!(decode(wire).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_broken_name_is_not_guessed_at() {
        for wire in ["&", "&abc", "&A-", "&2AA-", "a&!-"] {
            assert_eq!(decode(wire), None, "{wire}");
        }
    }

    proptest! {
        #[test]
        fn any_name_comes_back(name in "\\PC{0,20}") {
            prop_assert_eq!(decode(&encode(&name)), Some(name));
        }

        #[test]
        fn any_wire_is_read_or_refused(wire in any::<String>()) {
            let _ = decode(&wire);
        }
    }
}
