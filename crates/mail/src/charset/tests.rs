use super::*;

fn text(bytes: &[u8], label: &str) -> String {
    decode(bytes, Some(label)).text
}

#[test]
fn labels_that_no_list_knows_are_read() {
    for label in ["cp932", "CP932", "Windows-31J", "x-sjis", "MS932", "\"shift_jis\""] {
        assert_eq!(text(b"\x95\xd4\x95i\x87@", label), "返品①", "{label}");
    }
    for label in ["eucJP-ms", "CP51932", "euc-jp"] {
        assert_eq!(text(b"\xca\xd6\xc9\xca\xad\xa1", label), "返品①", "{label}");
    }
    for label in ["ISO-2022-JP", "iso-2022-jp-ms", "CP50220", "cp50221", "ISO-2022-JP-1", "iso-2022-jp-2004"]
    {
        assert_eq!(text(b"\x1b$BJVIJ\x1b(B!", label), "返品!", "{label}");
    }
}

#[test]
fn jis_lines_begin_in_ascii_even_where_the_return_was_forgotten() {
    assert_eq!(text(b"\x1b$BJVIJ\nabc\n", "iso-2022-jp"), "返品\nabc\n");
}

#[test]
fn half_width_kana_come_by_shift_by_escape_and_by_eighth_bit() {
    assert_eq!(text(b"\x0eC=D\x0f ok", "iso-2022-jp"), "ﾃｽﾄ ok");
    assert_eq!(text(b"\x1b(IC=D\x1b(B ok", "iso-2022-jp"), "ﾃｽﾄ ok");
    assert_eq!(text(b"\xc3\xbd\xc4 \x1b$BJV\x1b(B", "iso-2022-jp"), "ﾃｽﾄ 返");
}

#[test]
fn jis_x_0212_and_0213_are_read() {
    assert_eq!(text(b"\x1b$(QOT\x1b$B$k\x1b$(Q-!\x1b(B", "iso-2022-jp-2004"), "𠮟る①");
    assert_eq!(text(b"\x1b$(D0!\x1b(B", "iso-2022-jp-1"), "丂");
}

#[test]
fn valid_utf8_wins_over_a_wrong_label_and_says_so() {
    let decoded = decode("返品について".as_bytes(), Some("iso-2022-jp"));
    assert_eq!((decoded.text.as_str(), decoded.problem), ("返品について", Some(Problem::CharsetMislabelled)));
    assert_eq!(text("café".as_bytes(), "iso-8859-1"), "café");
}

#[test]
fn short_euc_text_that_looks_like_utf8_stays_euc() {
    assert_eq!(text(b"\xc4\xa3\xc5\xb7", "euc-jp"), encoding_rs::EUC_JP.decode(b"\xc4\xa3\xc5\xb7").0);
}

#[test]
fn shift_jis_without_a_label_or_with_a_latin_one_is_found() {
    let bytes = encoding_rs::SHIFT_JIS.encode("返品について教えてください。").0.into_owned();
    for label in [
        None,
        Some("us-ascii"),
        Some("iso-8859-1"),
        Some("utf-8"),
        Some("x-nobody-knows"),
        Some("iso-2022-jp"),
    ] {
        let decoded = decode(&bytes, label);
        assert_eq!(decoded.text, "返品について教えてください。", "{label:?}");
        assert!(decoded.problem.is_some());
    }
}

#[test]
fn real_latin_text_stays_latin() {
    assert_eq!(text(b"Caf\xe9 M\xfcller, na\xefve", "iso-8859-1"), "Café Müller, naïve");
}

#[test]
fn utf7_is_read_as_text() {
    assert_eq!(text(b"A+ImIDkQ. 1 +- 1 +AGE-b", "utf-7"), "A≢Α. 1 + 1 ab");
}

#[test]
fn controls_are_taken_out_once_and_line_ends_made_one() {
    let mut problems = Vec::new();
    assert_eq!(clean("a\0b\u{1b}[31m\u{85}\r\nc\rd\te", &mut problems), "ab[31m\nc\nd\te");
    assert_eq!(problems, [Problem::NulRemoved, Problem::ControlsRemoved]);
    let mut none = Vec::new();
    assert!(matches!(clean("すべて良し\n", &mut none), Cow::Borrowed(_)) && none.is_empty());
}

#[test]
fn emoji_of_the_carriers_become_emoji() {
    assert_eq!(text(b"\x90\xb0\xf8\x9f", "shift_jis"), "晴☀");
    assert_eq!(text(b"\x1b$Gj\x0f ok", "shift_jis"), "☀ ok");
    assert_eq!(text("晴\u{e63e}".as_bytes(), "utf-8"), "晴☀");
    assert_eq!(text(b"\x1b$BuA\x1b(B", "iso-2022-jp"), "☀");
    assert_eq!(text("社\u{e000}".as_bytes(), "utf-8"), "社\u{e000}");
}
