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
        if piece.trim().is_empty() {
            found.extend(one(&std::mem::take(&mut before), problems));
            continue;
        }
        if !has_address {
            // "村上, 太郎 <a@b>": a comma in a name that nobody quoted
            if !before.is_empty() {
                before.push(',');
            }
            before.push_str(&piece);
            continue;
        }
        if piece.split_whitespace().count() > 1 && piece.split_whitespace().all(is_bare) {
            found.extend(piece.split_whitespace().filter_map(|word| one(word, problems)));
            continue;
        }
        let whole =
            if before.is_empty() { piece } else { format!("{},{piece}", std::mem::take(&mut before)) };
        found.extend(one(&whole, problems));
        if found.len() >= MAX_ADDRESSES {
            found.truncate(MAX_ADDRESSES);
            return found;
        }
    }
    found.extend(one(&before, problems));
    found
}

/// An address and nothing else.
fn is_bare(word: &str) -> bool {
    word.split_once('@').is_some_and(|(l, d)| !l.is_empty() && !d.is_empty())
        && !word.contains(['<', '"', '(', '?'])
}

/// Where a character of an address list stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Plain,
    Quoted,
    Comment,
}

/// Every character with its place. A quote that is never closed is a character like others.
fn places(text: &str) -> Vec<(usize, char, Place)> {
    let (places, unclosed) = places_without(text, None);
    match unclosed {
        Some(at) => places_without(text, Some(at)).0,
        None => places,
    }
}

fn places_without(text: &str, ignored: Option<usize>) -> (Vec<(usize, char, Place)>, Option<usize>) {
    let mut places = Vec::with_capacity(text.len());
    let (mut quote, mut depth, mut escaped) = (None, 0_usize, false);
    for (at, c) in text.char_indices() {
        let mut place = match (quote, depth) {
            (Some(_), _) => Place::Quoted,
            (None, 0) => Place::Plain,
            (None, _) => Place::Comment,
        };
        let inside = place != Place::Plain;
        match c {
            '"' if !escaped && depth == 0 && ignored != Some(at) => {
                place = Place::Quoted;
                quote = if quote.is_some() { None } else { Some(at) };
            }
            '(' if !escaped && quote.is_none() => {
                place = Place::Comment;
                depth += 1;
            }
            ')' if !escaped && quote.is_none() => depth = depth.saturating_sub(1),
            _ => {}
        }
        escaped = c == '\\' && !escaped && inside;
        places.push((at, c, place));
    }
    (places, quote)
}

/// Cuts at commas and semicolons outside of quotes, comments and `<>`; group names fall away.
fn pieces(value: &str) -> Vec<String> {
    let mut pieces = Vec::new();
    let mut piece = String::new();
    let (mut angle, mut names_group) = (false, true);
    for (_, c, place) in places(value) {
        match c {
            ',' | ';' if place == Place::Plain && !angle => {
                pieces.push(std::mem::take(&mut piece));
                names_group = true;
            }
            ':' if place == Place::Plain && !angle && names_group && !piece.trim_start().is_empty() => {
                piece.clear();
            }
            _ => {
                if place == Place::Plain {
                    angle = (angle || c == '<') && c != '>';
                }
                names_group &= !matches!(c, '@' | '<' | '"' | '?');
                piece.push(c);
            }
        }
    }
    pieces.push(piece);
    pieces
}

/// `Name <local@domain>`, `local@domain (Name)`, `Name local@domain` or a bare address.
fn one(piece: &str, problems: &mut Vec<Problem>) -> Option<Address> {
    let piece = piece.trim();
    let places = places(piece);
    let open =
        places.iter().rev().find(|(_, c, place)| *c == '<' && *place == Place::Plain).map(|(at, ..)| *at);
    let before = &places[..places.iter().take_while(|(at, ..)| open.is_none_or(|open| *at < open)).count()];
    let text = |wanted: fn(Place) -> bool| -> String {
        before.iter().filter(|(_, _, place)| wanted(*place)).map(|(_, c, _)| *c).collect()
    };
    let (outside, comment) = (text(|p| p != Place::Comment), text(|p| p == Place::Comment));
    let comment = comment.trim_start_matches('(').trim_end_matches(')');
    let (name_text, address) = if let Some(open) = open {
        (outside.as_str(), spec(&piece[open + 1..]))
    } else {
        let (name, address) = last_address(outside.trim());
        (name, spec(address))
    };
    let name = name(name_text, problems).or_else(|| name(comment, problems));
    (!address.is_empty() || (open.is_some() && name.is_some())).then_some(Address { name, address })
}

/// The last word with an `@`, and what stands before it.
fn last_address(text: &str) -> (&str, &str) {
    let places = places(text);
    let blank = places.iter().rev().find(|(_, c, place)| c.is_whitespace() && *place == Place::Plain);
    match blank.map(|(at, ..)| text.split_at(*at)) {
        Some((before, last))
            if last.contains('@')
                && !before.trim_end().ends_with('@')
                && !last.trim_start().starts_with('@') =>
        {
            (before, last)
        }
        _ => ("", text),
    }
}

/// The bare address: without route, blanks, what follows `>`, and the quotes of the local part.
fn spec(text: &str) -> String {
    let places = places(text);
    let close = places.iter().find(|(_, c, place)| *c == '>' && *place == Place::Plain).map(|(at, ..)| *at);
    let text = text[..close.unwrap_or(text.len())].trim();
    let text = match text.split_once(':') {
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
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => plain.push(letters.next_if(|n| matches!(n, '"' | '\\' | '(' | ')')).unwrap_or('\\')),
            '"' => {}
            c => plain.push(c),
        }
    }
    let decoded = one_line(&words::decode(&plain, problems), problems);
    (!decoded.is_empty()).then_some(decoded)
}

fn unescape(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(c) = letters.next() {
        match c {
            '\\' => {
                plain.push(letters.next_if(|n| matches!(n, '"' | '\\' | '(' | ')' | ' ')).unwrap_or('\\'));
            }
            c => plain.push(c),
        }
    }
    plain
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
    fn lists_made_to_hurt_are_read_in_one_go() {
        let many = |piece: &str| read(&piece.repeat(100_000 / piece.len())).len();
        assert_eq!(many("a@b.jp,"), MAX_ADDRESSES);
        assert_eq!((many("a,"), many(","), many("("), many("\""), many("<")), (1, 0, 0, 1, 1));
        assert_eq!(read(&format!("{}@{}", "a".repeat(100_000), ":".repeat(100_000))).len(), 1);
        assert_eq!(read(&format!("{}a:b@c.jp", " ".repeat(100_000))), [bare("b@c.jp")]);
    }

    #[test]
    fn broken_lists_still_give_what_is_there() {
        assert_eq!(read("\"Taro <a@b.jp>"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("Taro <a@b.jp"), [named("Taro", "a@b.jp")]);
        assert_eq!(read("root"), [bare("root")]);
    }
}
