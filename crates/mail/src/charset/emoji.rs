//! Emoji of Japanese carriers from before Unicode had any: private code points of docomo and au, web codes of SoftBank.
//! SoftBank's own private code points are left alone: they are where companies keep characters of their own.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

/// A table of one carrier: private code point → emoji.
type Table = HashMap<u32, &'static str>;

static DOCOMO_AND_AU: LazyLock<Table> = LazyLock::new(|| table(&["docomo", "au"]));
static SOFTBANK: LazyLock<Table> = LazyLock::new(|| table(&["softbank"]));

fn table(carriers: &[&str]) -> Table {
    let rows = include_str!("../../data/carrier_emoji.tsv").lines().filter(|l| !l.starts_with('#'));
    rows.filter_map(|line| {
        let (carrier, rest) = line.split_once('\t')?;
        let (code, emoji) = rest.split_once('\t')?;
        let code = u32::from_str_radix(code, 16).ok()?;
        carriers.contains(&carrier).then_some((code, emoji))
    })
    .collect()
}

/// First byte of a web code, and where its page begins.
const PAGES: &[(char, u32)] =
    &[('G', 0xe000), ('E', 0xe100), ('F', 0xe200), ('O', 0xe300), ('P', 0xe400), ('Q', 0xe500)];

/// Text in which carriers' emoji are Unicode's.
pub(super) fn mapped(text: &str) -> Cow<'_, str> {
    let private = |c: char| ('\u{e468}'..='\u{eb8f}').contains(&c);
    if !text.contains(private) && !text.contains("\u{1b}$") {
        return Cow::Borrowed(text);
    }
    let mut shown = String::with_capacity(text.len());
    let mut rest = web_codes(text, &mut shown);
    while let Some(at) = rest.find(private) {
        shown.push_str(&rest[..at]);
        let mut letters = rest[at..].chars();
        if let Some(c) = letters.next() {
            match DOCOMO_AND_AU.get(&u32::from(c)) {
                Some(emoji) => shown.push_str(emoji),
                None => shown.push(c),
            }
        }
        rest = letters.as_str();
    }
    shown.push_str(rest);
    Cow::Owned(shown)
}

/// Writes `text` up to its last web code (`ESC $ G j SI`) and gives back the rest.
fn web_codes<'a>(text: &'a str, shown: &mut String) -> &'a str {
    let mut rest = text;
    while let Some((before, code)) = rest.split_once("\u{1b}$") {
        let mut letters = code.chars();
        let page = letters.next().and_then(|c| PAGES.iter().find(|(letter, _)| *letter == c));
        let Some((_, page)) = page else { break };
        let body = letters.as_str();
        let end = body.find(|c: char| !('!'..='z').contains(&c)).unwrap_or(body.len());
        shown.push_str(before);
        for c in body[..end].chars() {
            shown.push_str(SOFTBANK.get(&(page + u32::from(c) - 0x20)).copied().unwrap_or("〓"));
        }
        rest = body[end..].strip_prefix('\u{f}').unwrap_or(&body[end..]);
    }
    rest
}

/// au's rows of JIS, which lie behind the standard's own: row and cell of a 7-bit pair → emoji.
pub(super) fn of_au(row: u8, cell: u8) -> Option<&'static str> {
    let (row, cell) = (u32::from(row), u32::from(cell).checked_sub(0x21)?);
    let code = match row {
        0x75..=0x78 => 0xe468 + (row - 0x75) * 94 + cell,
        0x79..=0x7b => 0xea80 + (row - 0x79) * 94 + cell,
        _ => return None,
    };
    DOCOMO_AND_AU.get(&code).copied()
}
