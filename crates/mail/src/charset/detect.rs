//! Which charset unlabelled bytes are in. Mail to a Japanese desk: the hint is `jp`, and a guess must decode.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{BIG5, EUC_JP, EUC_KR, Encoding, GB18030, GBK, SHIFT_JIS};

/// Bytes looked at; a longer text does not make the guess better.
const ENOUGH: usize = 64 * 1024;

/// The detector's guess.
pub(super) fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(&bytes[..bytes.len().min(ENOUGH)], true);
    detector.guess(Some(b"jp"), Utf8Detection::Allow)
}

/// Charsets in which a character is two bytes ≥ 0x80.
pub(super) fn is_double_byte(encoding: &'static Encoding) -> bool {
    [SHIFT_JIS, EUC_JP, GBK, GB18030, BIG5, EUC_KR].contains(&encoding)
}

/// The text, if the bytes are without doubt Shift_JIS or EUC-JP: the one candidate that decodes without an error and
/// reads as Japanese.
pub(super) fn plainly_japanese(bytes: &[u8]) -> Option<String> {
    let candidates = [SHIFT_JIS, EUC_JP].into_iter().filter_map(|encoding| {
        let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
        let share = japanese_share(&text)?;
        Some((share, text.into_owned()))
    });
    candidates.max_by(|a, b| a.0.total_cmp(&b.0)).filter(|(share, _)| *share > 0.7).map(|(_, text)| text)
}

/// The share of kana, common kanji and full-width punctuation among the characters that are not ASCII. Half-width
/// kana count little: Shift_JIS reads them into almost anything.
fn japanese_share(text: &str) -> Option<f64> {
    let (mut points, mut all, mut full) = (0.0, 0.0, 0);
    for c in text.chars().filter(|c| !c.is_ascii()) {
        all += 1.0;
        match c {
            '\u{3000}'..='\u{30ff}' => {
                points += 1.0;
                full += 1;
            }
            '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' => {
                points += 0.8;
                full += 1;
            }
            '\u{ff61}'..='\u{ff9f}' => points += 0.4,
            '\u{2460}'..='\u{2473}' | '\u{2160}'..='\u{217f}' | '\u{3200}'..='\u{33ff}' => points += 0.8,
            _ => {}
        }
    }
    (full >= 2).then(|| points / all)
}
