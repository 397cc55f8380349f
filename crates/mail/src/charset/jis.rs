//! ISO-2022-JP and its relatives as mail really carries them: a missing return to ASCII at the line's end,
//! half-width kana by SO/SI or by eighth bit, JIS X 0212 and 0213, and the vendors' row 13.

use super::emoji;
use encoding_rs::{EUC_JP, EUC_KR, Encoding, GBK};
use std::collections::HashMap;
use std::sync::LazyLock;

/// The set that 7-bit bytes stand for at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Set {
    Ascii,
    Roman,
    Kana,
    X0208,
    X0212,
    /// JIS X 0213, with its plane.
    X0213(u8),
    /// GB 2312 or KS X 1001 (ISO-2022-JP-2).
    Foreign(&'static Encoding),
}

/// Escape sequences without their ESC. Source: RFC 1468, RFC 1554, RFC 2237, JIS X 0213:2004.
const ESCAPES: &[(&[u8], Set)] = &[
    (b"(B", Set::Ascii),
    (b"(J", Set::Roman),
    (b"(H", Set::Roman),
    (b"(I", Set::Kana),
    (b"$@", Set::X0208),
    (b"$B", Set::X0208),
    (b"$(@", Set::X0208),
    (b"$(B", Set::X0208),
    (b"$(D", Set::X0212),
    (b"$(O", Set::X0213(1)),
    (b"$(Q", Set::X0213(1)),
    (b"$(P", Set::X0213(2)),
    (b"$A", Set::Foreign(GBK)),
    (b"$(C", Set::Foreign(EUC_KR)),
];

/// Whether there is an escape sequence to Japanese characters.
pub(super) fn looks_like(bytes: &[u8]) -> bool {
    memchr::memchr_iter(0x1b, bytes).any(|i| {
        matches!(escape(&bytes[i + 1..]), Some((_, Set::X0208 | Set::X0212 | Set::X0213(_) | Set::Kana)))
    })
}

fn escape(rest: &[u8]) -> Option<(usize, Set)> {
    ESCAPES.iter().find(|(word, _)| rest.starts_with(word)).map(|(word, set)| (word.len(), *set))
}

/// Decodes. Every line begins in ASCII; an unknown escape sequence stays as it stands.
pub(super) fn decode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    let (mut set, mut shifted) = (Set::Ascii, false);
    let mut rest = bytes;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            0x1b => match escape(after) {
                Some((length, to)) => (set, rest) = (to, &after[length..]),
                None => text.push('\u{1b}'),
            },
            0x0e => shifted = true,
            0x0f if shifted => shifted = false,
            // the end of a SoftBank web code
            0x0f => text.push('\u{f}'),
            b'\r' | b'\n' => {
                (set, shifted) = (Set::Ascii, false);
                text.push(char::from(byte));
            }
            0x21..=0x7e if shifted => push_kana(&mut text, byte),
            0x21..=0x7e if is_double(set) => rest = push_pair(&mut text, set, byte, after),
            0xa1..=0xdf => push_kana(&mut text, byte & 0x7f),
            _ => push_single(&mut text, set, byte),
        }
    }
    text
}

fn is_double(set: Set) -> bool {
    match set {
        Set::Ascii | Set::Roman | Set::Kana => false,
        Set::X0208 | Set::X0212 | Set::X0213(_) | Set::Foreign(_) => true,
    }
}

fn push_single(text: &mut String, set: Set, byte: u8) {
    match (set, byte) {
        (Set::Roman, b'\\') => text.push('¥'),
        (Set::Roman, b'~') => text.push('‾'),
        (Set::Kana, 0x21..=0x5f) => push_kana(text, byte),
        (_, 0..=0x7f) => text.push(char::from(byte)),
        _ => text.push(char::REPLACEMENT_CHARACTER),
    }
}

/// Half-width kana: 0x21 is ｡ (U+FF61).
fn push_kana(text: &mut String, byte: u8) {
    let kana =
        (0x21..=0x5f).contains(&byte).then(|| char::from_u32(0xff61 + u32::from(byte) - 0x21)).flatten();
    text.push(kana.unwrap_or(char::REPLACEMENT_CHARACTER));
}

/// Reads the second byte of a character and gives back what follows it.
fn push_pair<'a>(text: &mut String, set: Set, first: u8, after: &'a [u8]) -> &'a [u8] {
    let Some((&second @ 0x21..=0x7e, rest)) = after.split_first() else {
        text.push(char::REPLACEMENT_CHARACTER);
        return after;
    };
    let (row, cell) = (first | 0x80, second | 0x80);
    match set {
        Set::X0212 => text.push_str(&EUC_JP.decode_without_bom_handling(&[0x8f, row, cell]).0),
        Set::Foreign(encoding) => text.push_str(&encoding.decode_without_bom_handling(&[row, cell]).0),
        Set::X0213(plane) => match X0213.get(&(plane, first - 0x20, second - 0x20)) {
            Some(letters) => text.push_str(letters),
            None => text.push_str(&EUC_JP.decode_without_bom_handling(&[row, cell]).0),
        },
        Set::Ascii | Set::Roman | Set::Kana | Set::X0208 => {
            // The standard's own rows first: au's emoji lie where IBM's extensions (﨑) do as well.
            let pair = [row, cell];
            let standard = EUC_JP.decode_without_bom_handling(&pair).0;
            let carrier =
                emoji::of_au(first, second).filter(|_| standard.contains(char::REPLACEMENT_CHARACTER));
            text.push_str(carrier.unwrap_or(&standard));
        }
    }
    rest
}

/// (plane, row, cell) → characters.
type Cells = HashMap<(u8, u8, u8), String>;

static X0213: LazyLock<Cells> = LazyLock::new(|| {
    let mut cells = Cells::new();
    for line in include_str!("../../data/jisx0213.tsv").lines().filter(|l| !l.starts_with('#')) {
        add_run(line, &mut cells);
    }
    cells
});

/// One line: plane, row, first cell, characters (`*` behind the cell: all of them are one cell).
fn add_run(line: &str, cells: &mut Cells) -> Option<()> {
    let mut columns = line.splitn(4, '\t');
    let (plane, row) = (columns.next()?.parse().ok()?, columns.next()?.parse().ok()?);
    let (cell, letters) = (columns.next()?, columns.next()?);
    if let Some(cell) = cell.strip_suffix('*') {
        cells.insert((plane, row, cell.parse().ok()?), letters.to_owned());
        return Some(());
    }
    let first: u8 = cell.parse().ok()?;
    for (cell, letter) in (first..=94).zip(letters.chars()) {
        cells.insert((plane, row, cell), letter.to_string());
    }
    Some(())
}
