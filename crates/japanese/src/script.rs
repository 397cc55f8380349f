//! Which script a character belongs to, as searching sees it: written without blanks (kanji, kana, Hangul),
//! written in words, or neither.

use unicode_normalization::char::is_combining_mark;

/// What a character is for the search index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// Written without blanks between words: cut into pairs.
    Cjk,
    /// A letter or digit of a script that writes words.
    Word,
    /// An accent that belongs to the letter before it.
    Mark,
    /// Everything else: it separates.
    Separator,
}

/// Whether the character is kanji, kana (with ー, 々 and the marks of kana), Bopomofo or Hangul.
pub const fn is_cjk(c: char) -> bool {
    matches!(c,
        '\u{1100}'..='\u{11FF}'
        | '\u{3005}'..='\u{3007}'
        | '\u{3021}'..='\u{3029}'
        | '\u{3031}'..='\u{3035}'
        | '\u{303B}'
        | '\u{3041}'..='\u{309A}'
        | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{3105}'..='\u{312F}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{1B000}'..='\u{1B16F}'
        | '\u{20000}'..='\u{3FFFD}')
}

/// Whether the character is hiragana, katakana or ー.
pub const fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{309A}' | '\u{309D}'..='\u{309F}' | '\u{30A1}'..='\u{30FA}' | '\u{30FC}'..='\u{30FF}')
}

/// Whether lines are wrapped at this character without a blank: [`is_cjk`] and the punctuation of Japanese.
pub(crate) const fn wraps_without_blank(c: char) -> bool {
    is_cjk(c) || matches!(c, '\u{3001}'..='\u{303F}' | '\u{30FB}' | '\u{30A0}')
}

/// The character's class.
pub(crate) fn class(c: char) -> Class {
    if is_cjk(c) {
        Class::Cjk
    } else if c.is_alphanumeric() {
        Class::Word
    } else if is_combining_mark(c) {
        Class::Mark
    } else {
        Class::Separator
    }
}
