use super::*;
use proptest::prelude::*;

#[test]
fn every_line_is_quoted_and_cut_lines_become_one_mark() {
    let block = write("一行目\n\n三行目\n四行目\n五行目\n", Where::Below, &[(2, 4)]);
    assert_eq!(block, "> 一行目\n> \n（中略）\n> 五行目\n");
    assert_eq!(write("一行目\n", Where::None, &[]), "");
}

#[test]
fn words_and_quotation_are_placed_with_one_empty_line_between() {
    assert_eq!(place("答え\n\n", "> 問い\n", Where::Below), "答え\n\n> 問い\n");
    assert_eq!(place("答え", "> 問い\n", Where::Above), "> 問い\n\n答え\n");
    assert_eq!(place("答え", "", Where::Below), "答え\n");
}

#[test]
fn a_changed_quotation_is_found_with_its_line() {
    let original = "商品が壊れていました\nすぐ電話しろ\n";
    let changed = |line| Err(Altered { line, elsewhere: false });
    assert_eq!(check("> 商品が壊れていました\n申し訳ございません。\n", original), Ok(()));
    assert_eq!(check("ご連絡\n> 商品が故障していました", original), changed(2));
    assert_eq!(check("> 商品が壊れていまし", original), changed(1));
    assert_eq!(check("> 商品が壊れていました\n>  すぐ電話しろ", original), changed(2), "blanks before count");
}

#[test]
fn quoted_lines_keep_their_order_and_what_is_left_out_is_marked() {
    let original = "一\n\n二\n三\n四\n";
    let moved = |line| Err(Altered { line, elsewhere: true });
    assert_eq!(check("> 二\nはい。\n> 三\n", original), Ok(()), "answers stand between the lines");
    assert_eq!(check("> 一\n> 二\n", original), Ok(()), "an empty line says nothing");
    assert_eq!(check("> 二\n> 四\n", original), moved(2));
    assert_eq!(check("> 二\nはい。\n> 四\n", original), moved(3));
    assert_eq!(check("> 二\n（中略）\n> 四\n", original), Ok(()));
    assert_eq!(check("> 三\n> 二\n", original), moved(2));
    assert_eq!(check("> 三\n（中略）\n> 二\n", original), moved(3), "the order holds across a gap");
    assert_eq!(check("> 四\n（中略）\n> 四\n", original), moved(3), "what stands there once is quoted once");
}

#[test]
fn lines_that_are_there_twice_are_found_wherever_they_fit() {
    let original = "はい\nいいえ\nはい\nはい\nたぶん\n";
    assert_eq!(check("> はい\n> はい\n> たぶん\n", original), Ok(()));
    assert_eq!(check("> はい\n（中略）\n> はい\n> たぶん\n", original), Ok(()));
}

#[test]
fn a_quotation_of_many_equal_lines_is_checked_at_once() {
    let original = "あ\n".repeat(100_000);
    let text = format!("{}> い\n", "> あ\n".repeat(99_000));
    assert_eq!(check(&text, &original), Err(Altered { line: 99_001, elsewhere: false }));
}

#[test]
fn a_quotation_with_a_hundred_thousand_gaps_is_written_and_checked_at_once() {
    let original = "あ\nい\n".repeat(100_000);
    let cuts: Vec<(usize, usize)> = (0..100_000).rev().map(|n| (2 * n, 2 * n + 1)).collect();
    let block = write(&original, Where::Below, &cuts);
    assert_eq!(block, "（中略）\n> い\n".repeat(100_000));
    assert_eq!(check(&block, &original), Ok(()));
}

#[test]
fn the_quotation_of_a_quotation_passes() {
    let original = "> 以前の本文\n>詰めて引用\n返事です\n";
    assert_eq!(check(&write(original, Where::Below, &[]), original), Ok(()));
    assert_eq!(check(">> 以前の本文", original), Ok(()));
}

#[test]
fn gmail_in_japanese_is_taken_apart() {
    let text = "ありがとうございます。\n\n2026年11月21日(土) 10:00 ことり堂 <info@example.jp>:\n> お世話に\n> なります\n";
    let (new, quoted, signature) = find(text);
    assert_eq!(new, "ありがとうございます。\n");
    assert_eq!(quoted, [Span { start: 13, end: text.chars().count() }]);
    assert_eq!(signature, None);
}

#[test]
fn outlook_in_japanese_and_english_is_taken_apart() {
    let japanese = "届きました。\n\n-----Original Message-----\nFrom: ことり堂\nSent: 2026\n\n古い本文\n";
    assert_eq!(find(japanese).0, "届きました。\n");
    let ruled = "届きました。\n\n________________________________\n差出人: ことり堂 <a@b>\n送信日時: 2026年\n宛先: c\n件名: Re\n\n古い\n";
    assert_eq!(find(ruled).0, "届きました。\n");
}

#[test]
fn answers_between_the_lines_stay_new() {
    let (new, quoted, _) = find("> 注文番号は\nA-1です\n> お名前は\n山田です\n");
    assert_eq!(new, "A-1です\n山田です\n");
    assert_eq!(quoted.len(), 2);
}

#[test]
fn signatures_are_found_by_delimiter_frame_and_phone() {
    assert_eq!(find("本文\n-- \n山田\n").2.as_deref(), Some("-- \n山田"));
    let framed = "本文\n\n━━━━━━━━━━━━\n株式会社ことり堂 山田\nTEL 03-0000-0000\n━━━━━━━━━━━━\n";
    let (new, _, signature) = find(framed);
    assert_eq!(new, "本文\n");
    assert!(signature.unwrap().contains("TEL 03-0000-0000"));
    assert_eq!(
        find("本文\n\niPhoneから送信\n"),
        ("本文\n".to_owned(), Vec::new(), Some("iPhoneから送信".to_owned()))
    );
}

#[test]
fn rules_within_a_text_are_no_signature() {
    let text = "次の二点です。\n==========\n1. 色\n2. 大きさ\n==========\nよろしくお願いします。\n";
    assert_eq!(find(text).0, text);
}

#[test]
fn a_text_that_is_all_quotation_counts_as_new() {
    let forwarded = "-----Original Message-----\nFrom: a\n\n転送された本文\n";
    assert_eq!(find(forwarded).0, forwarded);
    assert!(find(forwarded).1.is_empty());
}

proptest! {
    #[test]
    fn what_is_quoted_always_passes_the_check(
        original in "[ぁ-んa-z >＞\\n\\t。]{0,200}", from in 0_usize..8, length in 0_usize..4
    ) {
        let block = write(&original, Where::Below, &[(from, from + length)]);
        prop_assert_eq!(check(&block, &original), Ok(()));
        let answer = place("お返事いたします。", &block, Where::Below);
        prop_assert_eq!(check(&answer, &original), Ok(()));
    }

    #[test]
    fn nothing_of_a_text_is_lost(text in "[ぁ-んa-z >:\\-_\\n]{0,300}") {
        let (new, quoted, signature) = find(&text);
        let letters = |s: &str| s.chars().filter(|c| !c.is_whitespace()).count();
        let all: Vec<char> = text.chars().collect();
        let in_quotes: usize =
            quoted.iter().map(|s| all[s.start..s.end].iter().filter(|c| !c.is_whitespace()).count()).sum();
        prop_assert_eq!(letters(&new) + in_quotes + signature.map_or(0, |s| letters(&s)), letters(&text));
    }
}
