//! Address lists. Tolerant where people and carriers are: `a..b@docomo.ne.jp`, `.a@`, quoted local parts, unquoted
//! commas in names, the address inside the encoded-word.

use crate::fields::one_line;
use crate::lists::Problem;
use crate::mail::Address;
use crate::words;

/// Addresses read of one field.
const MAX_ADDRESSES: usize = 2_000;

/// All addresses of a field. `value` is unfolded, its encoded-words still encoded.
pub(crate) fn all(value: &str, problems: &mut Vec<Problem>) -> Vec<Address> {
    let found = list(value, problems);
    if found.iter().any(|a| a.address.contains('@')) || !value.contains("=?") {
        return found;
    }
    let decoded = one_line(&words::decode(value, problems), problems);
    let inside = list(&decoded, problems);
    if inside.iter().any(|a| a.address.contains('@')) { inside } else { found }
}

fn list(value: &str, problems: &mut Vec<Problem>) -> Vec<Address> {
    let mut found = Vec::new();
    let mut before = String::new();
    for piece in pieces(value) {
        let has_address = piece.contains('<') || piece.contains('@');
        if !has_address && !piece.trim().is_empty() {
            // "村上, 太郎 <a@b>": a comma in a name that nobody quoted
            before = if before.is_empty() { piece } else { format!("{before},{piece}") };
            continue;
        }
        if piece.split_whitespace().count() > 1 && piece.split_whitespace().all(is_bare) {
            found.extend(piece.split_whitespace().filter_map(|word| one(word, problems)));
            continue;
        }
        let whole =
            if before.is_empty() { piece } else { format!("{},{piece}", std::mem::take(&mut before)) };
        found.extend(one(&whole, problems));
        if found.len() == MAX_ADDRESSES {
            return found;
        }
    }
    found.extend(one(&before, problems));
    found
}

/// An address and nothing else.
fn is_bare(word: &str) -> bool {
    word.split_once('@').is_some_and(|(l, d)| !l.is_empty() && !d.is_empty()) && !word.contains(['<', '"', '(', '?'])
}

/// Cuts at commas and semicolons outside of quotes, comments and `<>`; group names fall away.
fn pieces(value: &str) -> Vec<String> {
    let mut pieces = vec![String::new()];
    let (mut quoted, mut angle, mut depth, mut escaped) = (false, false, 0_usize, false);
    let balanced = value.matches('"').count() % 2 == 0;
    for c in value.chars() {
        let plain = !quoted && !escaped && depth == 0;
        match c {
            '"' if balanced && !escaped && depth == 0 => quoted = !quoted,
            '(' if !quoted && !escaped && !angle => depth += 1,
            ')' if !quoted && !escaped => depth = depth.saturating_sub(1),
            '<' if plain => angle = true,
            '>' if plain => angle = false,
            ',' | ';' if plain && !angle => {
                pieces.push(String::new());
                continue;
            }
            ':' if plain && !angle && is_group_name(pieces.last()) => {
                pieces.last_mut().map(String::clear);
                continue;
            }
            _ => {}
        }
        escaped = c == '\\' && !escaped;
        if let Some(piece) = pieces.last_mut() {
            piece.push(c);
        }
    }
    pieces
}

fn is_group_name(piece: Option<&String>) -> bool {
    piece.is_some_and(|p| !p.trim().is_empty() && !p.contains(['@', '<', '"', '?']))
}

/// `Name <local@domain>`, `local@domain (Name)`, `Name local@domain` or a bare address.
fn one(piece: &str, problems: &mut Vec<Problem>) -> Option<Address> {
    let piece = piece.trim();
    if let Some((before, inner)) = angle(piece) {
        let (outside, comment) = without_comments(before);
        let name = name(&outside, problems).or_else(|| name(&comment, problems));
        let address = spec(inner);
        return (!address.is_empty() || name.is_some()).then_some(Address { name, address });
    }
    let (outside, comment) = without_comments(piece);
    let outside = outside.trim();
    let (before, last) = last_address(outside);
    let address = spec(last);
    (!address.is_empty())
        .then(|| Address { name: name(before, problems).or_else(|| name(&comment, problems)), address })
}

/// What stands before the last `<` and what is in it; a `<` within quotes does not count.
fn angle(piece: &str) -> Option<(&str, &str)> {
    let open = piece.rfind('<')?;
    let (before, inner) = (&piece[..open], &piece[open + 1..]);
    let inner = inner.split('>').next().unwrap_or(inner);
    let in_quotes = before.matches('"').count() % 2 == 1 && piece[open..].contains('"');
    (!in_quotes).then_some((before, inner))
}

/// The last word with an `@`, and what stands before it.
fn last_address(text: &str) -> (&str, &str) {
    if text.starts_with('"') || !text.contains(char::is_whitespace) {
        return quoted_name(text).unwrap_or(("", text));
    }
    match text.rsplit_once(char::is_whitespace) {
        Some((before, last)) if last.contains('@') && !before.ends_with('@') && !last.starts_with('@') => {
            (before, last)
        }
        _ => ("", text),
    }
}

/// `"Name" local@domain`: the quotes belong to the name, not to the local part.
fn quoted_name(text: &str) -> Option<(&str, &str)> {
    let (name, rest) = text.strip_prefix('"')?.split_once('"')?;
    (rest.starts_with(char::is_whitespace) && rest.contains('@')).then_some((name, rest.trim()))
}

/// The bare address: without route, blanks and the quotes of the local part.
fn spec(text: &str) -> String {
    let text = text.trim().trim_matches(['<', '>']);
    let text = match text.rsplit_once(':') {
        Some((route, address)) if route.starts_with('@') || route.eq_ignore_ascii_case("mailto") => address,
        _ => text,
    };
    let (local, domain) = text.rsplit_once('@').map_or((text, None), |(local, domain)| (local, Some(domain)));
    let local = local.trim();
    let bare = match local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) {
        Some(quoted) => unescape(quoted),
        None => local.split_whitespace().collect(),
    };
    match domain {
        Some(domain) => {
            format!("{bare}@{}", domain.split_whitespace().collect::<String>().trim_end_matches('.'))
        }
        None => bare,
    }
}

/// A display name as a person reads it; `None` if nothing is left.
fn name(text: &str, problems: &mut Vec<Problem>) -> Option<String> {
    let text = text.trim();
    let unquoted = match text.strip_prefix('"').and_then(|t| t.strip_suffix('"')) {
        Some(inner) if !inner.replace("\\\"", "").contains('"') => unescape(inner),
        _ => text.replace('"', ""),
    };
    let decoded = one_line(&words::decode(&unquoted, problems), problems);
    let decoded = decoded.trim_matches(|c: char| c.is_whitespace() || c == '"');
    let inner = decoded.strip_prefix('\'').and_then(|d| d.strip_suffix('\'')).unwrap_or(decoded);
    (!inner.is_empty()).then(|| inner.to_owned())
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => {
                plain.push(letters.next_if(|n| matches!(n, '"' | '\\' | '(' | ')' | ' ')).unwrap_or('\\'))
            }
            c => plain.push(c),
        }
    }
    plain
}

/// Text without its `(comments)`, and the text of these.
fn without_comments(text: &str) -> (String, String) {
    let (mut outside, mut comment) = (String::with_capacity(text.len()), String::new());
    let (mut depth, mut quoted) = (0_usize, false);
    for c in text.chars() {
        match c {
            '"' if depth == 0 => {
                quoted = !quoted;
                outside.push(c);
            }
            '(' if !quoted => depth += 1,
            ')' if !quoted && depth > 0 => depth -= 1,
            c if depth > 0 => comment.push(c),
            c => outside.push(c),
        }
    }
    if outside.trim().is_empty() { (String::new(), comment) } else { (outside, comment) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(value: &str) -> Vec<(Option<String>, String)> {
        all(value, &mut Vec::new()).into_iter().map(|a| (a.name, a.address)).collect()
    }

    fn named(name: &str, address: &str) -> (Option<String>, String) {
        (Some(name.to_owned()), address.to_owned())
    }

    fn bare(address: &str) -> (Option<String>, String) {
        (None, address.to_owned())
    }

    #[test]
    fn addresses_of_carriers_are_taken_as_they_are() {
        assert_eq!(read("..foo..bar.@docomo.ne.jp"), [bare("..foo..bar.@docomo.ne.jp")]);
        assert_eq!(read("<.a@ezweb.ne.jp>"), [bare(".a@ezweb.ne.jp")]);
        assert_eq!(read("\"a..b\"@docomo.ne.jp"), [bare("a..b@docomo.ne.jp")]);
        assert_eq!(read("\"a..b\"@docomo.ne.jp (太郎)"), [named("太郎", "a..b@docomo.ne.jp")]);
    }

    #[test]
    fn names_are_read_in_every_place() {
        assert_eq!(read("\"Murakami, Taro\" <a@b.jp>"), [named("Murakami, Taro", "a@b.jp")]);
        assert_eq!(read("村上, 太郎 <a@b.jp>"), [named("村上, 太郎", "a@b.jp")]);
        assert_eq!(read("a@b.jp (Taro)"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("Taro a@b.jp"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("\"Taro\" a@b.jp"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("\"=?utf-8?B?5p2R5LiK?=\" <a@b.jp>"), [named("村上", "a@b.jp")]);
        assert_eq!(read("\"x@y.jp\" <a@b.jp>"), [named("x@y.jp", "a@b.jp")]);
    }

    #[test]
    fn an_address_inside_the_encoded_word_is_found() {
        let value = "=?utf-8?Q?Taro_=3Ca=40example=2Ejp=3E?=";
        assert_eq!(read(value), [named("Taro", "a@example.jp")]);
    }

    #[test]
    fn lists_groups_and_routes_are_taken_apart() {
        assert_eq!(read("a@b, C <c@d>;e@f"), [bare("a@b"), named("C", "c@d"), bare("e@f")]);
        assert_eq!(read("Group: a@b, c@d;"), [bare("a@b"), bare("c@d")]);
        assert_eq!(read("undisclosed-recipients:;"), []);
        assert_eq!(read("<@x.jp,@y.jp:a@b.jp>"), [bare("a@b.jp")]);
        assert_eq!(read("a@b.jp c@d.jp"), [bare("a@b.jp"), bare("c@d.jp")]);
        assert_eq!(read(""), []);
    }

    #[test]
    fn broken_lists_still_give_what_is_there() {
        assert_eq!(read("\"Taro <a@b.jp>"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("Taro <a@b.jp"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("root"), [bare("root")]);
    }
}
