//! Folding: one form for everything a reader takes for the same text, so that a search finds it however it was
//! typed. Used for the index and for the query alike (contract §6.19).

use crate::script::{is_kana, wraps_without_blank};
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;

/// Old and variant kanji with the form in use, sorted by the first.
static OLD_KANJI: LazyLock<Vec<(char, char)>> = LazyLock::new(|| {
    let mut pairs: Vec<(char, char)> =
        include_str!("../data/old_kanji.tsv").lines().filter_map(pair).collect();
    pairs.sort_unstable();
    pairs
});

/// Folds a text for comparing and searching.
///
/// NFKC and lower case; katakana, also of half width and with separate voicing marks, becomes hiragana; old and
/// variant kanji become the form in use; characters with two Unicode forms in Japanese mail (〜～ −－ ‖∥ —―)
/// become one; a hyphen typed for ー becomes ー; invisible characters go; a line break between two characters
/// that are written without blanks goes, together with the blanks around it. Folding a folded text changes
/// nothing.
pub fn fold(text: &str) -> String {
    let chars: Vec<char> = text
        .chars()
        .filter(|c| !is_invisible(*c))
        .map(before_nfkc)
        .nfkc()
        .flat_map(char::to_lowercase)
        .nfkc()
        .map(after_nfkc)
        .collect();
    let joined = join_lines(&long_vowels(chars));
    // A voicing mark that was wrapped away from its kana has come back to it.
    if joined.contains(['\u{3099}', '\u{309A}']) { joined.nfc().collect() } else { joined }
}

/// One line of the table; comments and empty lines are none.
fn pair(line: &str) -> Option<(char, char)> {
    let mut fields = line.split('\t');
    let (old, new) = (fields.next()?, fields.next()?);
    Some((old.chars().next()?, new.chars().next()?))
}

/// Characters nobody sees: variation selectors (邉󠄂), zero-width characters, direction marks, soft hyphen.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// NFKC would turn the voicing marks ゛ and ゜ into a blank and a mark; the mark belongs to its kana.
const fn before_nfkc(c: char) -> char {
    match c {
        '\u{309B}' => '\u{3099}',
        '\u{309C}' => '\u{309A}',
        _ => c,
    }
}

fn after_nfkc(c: char) -> char {
    match c {
        // The two blocks of kana stand in the same order, 0x60 apart.
        '\u{30A1}'..='\u{30F6}' | '\u{30FD}' | '\u{30FE}' => char::from_u32(u32::from(c) - 0x60).unwrap_or(c),
        '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}' => {
            OLD_KANJI.binary_search_by_key(&c, |(old, _)| *old).map_or(c, |at| OLD_KANJI[at].1)
        }
        '〜' => '~',
        '−' | '‐' | '‒' | '–' => '-',
        '‖' => '∥',
        '―' | '─' | '━' => '—',
        _ => c,
    }
}

/// メ－ル and メ—ル are typed for メール: a single dash after a kana, with no Latin letter behind it.
fn long_vowels(mut chars: Vec<char>) -> Vec<char> {
    for at in 1..chars.len() {
        let next = chars.get(at + 1).copied().unwrap_or(' ');
        let single = is_dash(chars[at]) && !is_dash(next);
        if single && is_kana(chars[at - 1]) && !next.is_ascii_alphanumeric() {
            chars[at] = 'ー';
        }
    }
    chars
}

const fn is_dash(c: char) -> bool {
    matches!(c, '-' | '—')
}

/// Takes out line breaks between characters that are written without blanks: mail programs wrap anywhere.
fn join_lines(chars: &[char]) -> String {
    let mut joined = String::with_capacity(chars.len() * 3);
    let mut last = ' ';
    let mut at = 0;
    while let Some(&c) = chars.get(at) {
        if !c.is_whitespace() {
            joined.push(c);
            last = c;
            at += 1;
            continue;
        }
        let blanks = chars[at..].iter().take_while(|c| c.is_whitespace()).count();
        let run = &chars[at..at + blanks];
        let next = chars.get(at + blanks).copied().unwrap_or(' ');
        let wrapped = run.iter().any(|c| is_line_break(*c));
        if !(wrapped && wraps_without_blank(last) && wraps_without_blank(next)) {
            joined.extend(run);
            last = ' ';
        }
        at += blanks;
    }
    joined
}

const fn is_line_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{B}' | '\u{C}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_reader_takes_for_the_same_folds_to_the_same() {
        let table = [
            ("ＡＢＣ１２３", "abc123"),
            ("ｶﾞﾗｽ", "ガラス"),
            ("ガラス", "がらす"),
            ("か゛らす", "がらす"),
            ("ヴァイオリン", "ゔぁいおりん"),
            ("髙橋", "高橋"),
            ("山﨑", "山崎"),
            ("渡邉", "渡辺"),
            ("渡邊", "渡辺"),
            ("齋藤", "斎藤"),
            ("斉藤", "斎藤"),
            ("齊藤", "斎藤"),
            ("𠮷野家", "吉野家"),
            ("邉\u{E0102}", "辺"),
            ("10〜20", "10～20"),
            ("a−b", "a－b"),
            ("‖", "∥"),
            ("—", "―"),
            ("メ－ル", "メール"),
            ("メ−ル", "メール"),
            ("㈱", "(株)"),
            ("①", "1"),
            ("ﾒｰﾙ", "メール"),
            ("返\u{200B}品", "返品"),
            ("海", "海"),
        ];
        for (one, other) in table {
            assert_eq!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn different_words_stay_different() {
        for (one, other) in [("返品", "返金"), ("はか", "ばか"), ("サイズ-L", "サイズーL"), ("a-b", "a b")]
        {
            assert_ne!(fold(one), fold(other), "{one} and {other}");
        }
    }

    #[test]
    fn a_wrapped_line_is_one_line() {
        let table = [
            ("この商品を返\n品したい", "この商品を返品したい"),
            ("返 \r\n　品", "返品"),
            ("返\n\n品", "返品"),
            ("ｶ\nﾞ", "が"),
            ("ございます。\n返品", "ございます。返品"),
            ("the\nend", "the\nend"),
            ("返品\norder", "返品\norder"),
            ("返 品", "返 品"),
        ];
        for (wrapped, line) in table {
            assert_eq!(fold(wrapped), line, "{wrapped:?}");
        }
    }

    #[test]
    fn a_ruled_line_is_not_a_long_vowel() {
        assert_eq!(fold("です----"), "です----");
        assert_eq!(fold("です---- "), "です---- ");
    }

    #[test]
    fn the_table_of_old_kanji_is_sound() {
        assert!(OLD_KANJI.len() > 500);
        for window in OLD_KANJI.windows(2) {
            assert_ne!(window[0].0, window[1].0, "twice in the table");
        }
        for (old, new) in OLD_KANJI.iter() {
            assert_ne!(old, new);
            assert_eq!(after_nfkc(*new), *new, "{old} goes to {new}, which goes on");
            assert_eq!(new.to_string().nfkc().collect::<String>(), new.to_string());
        }
    }

    proptest! {
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }

        #[test]
        fn folding_japanese_twice_is_folding_once(text in "[ｱ-ﾟァ-ヿぁ-ゟ゛゜ー−-－ \r\na-zＡ-Ｚ邉髙、。]{0,40}") {
            let once = fold(&text);
            prop_assert_eq!(fold(&once), once);
        }
    }
}
