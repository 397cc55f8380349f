//! Search finds exactly what a reader would find: the token stream, matched as the databases match it, against
//! the folded text as truth.

use japanese::normalize::fold;
use japanese::script::is_cjk;
use japanese::tokens::{MAX_TOKENS, MAX_WORD_CHARS, OVERLAP, Word, index, marked, query, rows, word};
use proptest::prelude::*;

fn found(text: &str, asked: &str) -> bool {
    let words = query(asked);
    let stream = index(text);
    !words.is_empty() && words.iter().all(|word| word.is_in(&stream))
}

fn phrase(tokens: &[&str]) -> Word {
    Word::Phrase(tokens.iter().map(|token| (*token).to_owned()).collect())
}

fn prefix(tokens: &[&str]) -> Word {
    Word::Prefix(tokens.iter().map(|token| (*token).to_owned()).collect())
}

#[test]
fn a_run_gives_its_pairs_and_its_last_character() {
    assert_eq!(index("返品不可"), ["返品", "品不", "不可", "可"]);
    assert_eq!(index("返"), ["返"]);
    assert_eq!(index("返品、不可"), ["返品", "品", "不可", "可"]);
    assert_eq!(index("A-10234"), ["a", "10234"]);
    assert_eq!(index("iPhone用ケース"), ["iphone", "用け", "けー", "ーす", "す"]);
    assert_eq!(index("taro@example.co.jp"), ["taro", "example", "co", "jp"]);
    assert!(index("!? …").is_empty());
}

#[test]
fn a_query_asks_for_what_the_index_holds() {
    assert_eq!(query("返品"), [phrase(&["返品"])]);
    assert_eq!(query("領収書の発行"), [phrase(&["領収", "収書", "書の", "の発", "発行"])]);
    assert_eq!(query("返"), [prefix(&["返"])]);
    assert_eq!(query("iph"), [prefix(&["iph"])]);
    assert_eq!(query("a"), [phrase(&["a"])]);
    assert_eq!(query("A-10234"), [prefix(&["a", "10234"])]);
    assert_eq!(query("iPhone用ケース"), [phrase(&["iphone", "用け", "けー", "ーす"])]);
    assert_eq!(query("iPhone用"), [prefix(&["iphone", "用"])]);
    assert_eq!(query("はい、返品"), [phrase(&["はい", "い", "返品"])]);
    assert_eq!(query("返品　order"), [phrase(&["返品"]), prefix(&["order"])]);
    assert_eq!(query("\"hello wor\" 返品"), [prefix(&["hello", "wor"]), phrase(&["返品"])]);
    assert_eq!(word("hello wor"), Some(prefix(&["hello", "wor"])));
    assert!(query(" !? ").is_empty());
    assert_eq!(word("、"), None);
}

#[test]
fn a_marked_word_is_found_only_behind_its_mark() {
    const MARK: char = '\u{E000}';
    let mut stream = index("領収書の発行をお願いします。tanaka");
    stream.extend(marked("田中 tanaka@customer.example", MARK, 20));
    for (asked, plain, behind_mark) in [
        ("田中", false, true),
        ("tana", true, true),
        ("田", false, true),
        ("customer.exa", false, true),
        ("領収書", true, false),
    ] {
        let word = word(asked).unwrap();
        assert_eq!(word.is_in(&stream), plain, "{asked}");
        assert_eq!(word.marked(MARK).is_in(&stream), behind_mark, "{asked} behind the mark");
    }
    assert_eq!(marked(&"あ".repeat(1_000), MARK, usize::MAX).len(), 255);
}

#[test]
fn what_a_person_types_is_found_in_what_a_person_wrote() {
    let table = [
        ("商品を返\n品したいのですが", "返品", true),
        ("返 品", "返品", false),
        ("昨日ご返送、品切れ", "返品", false),
        ("ｹｰｽが届かない", "ケース", true),
        ("けーすが届かない", "ケース", true),
        ("渡邉と申します", "渡辺", true),
        ("注文番号A-10234です", "A-10234", true),
        ("注文番号A-10234です", "A-102", true),
        ("注文番号A-10234です", "10234", true),
        ("注文番号A-10234です", "a10234", false),
        ("注文番号Ａ－１０２３４です", "a-10234", true),
        ("B-10234 A-555", "A-10234", false),
        ("新しいiPhone用ケースを", "iPhone用ケース", true),
        ("新しいiPhone用のケースを", "iPhone用ケース", false),
        ("専用iPhone", "用iphone", true),
        ("第10回", "第10回", true),
        ("第110回", "第10回", false),
        ("返品、ありがとう", "返品ありがとう", false),
        ("ordering online", "order line", false),
        ("ordering online", "order onl", true),
        ("品", "品", true),
        ("返品", "品", true),
        ("返品A", "品A", true),
    ];
    for (text, asked, expected) in table {
        assert_eq!(found(text, asked), expected, "{asked} in {text:?}");
    }
}

#[test]
fn a_long_text_is_found_to_its_end_and_across_its_rows() {
    let text: String =
        (0..30_000u32).map(|n| char::from_u32(0x4E00 + (n * 7919) % 20_000).unwrap()).collect();
    let rows = rows(&text);
    assert_eq!(rows.len(), 4);
    assert!(rows.iter().all(|row| row.len() <= MAX_TOKENS));
    let chars: Vec<char> = fold(&text).chars().collect();
    for from in (0..chars.len() - OVERLAP).step_by(499) {
        let asked: String = chars[from..from + 30].iter().collect();
        let word = word(&asked).unwrap();
        assert!(rows.iter().any(|row| word.is_in(row)), "at {from}");
    }
    assert_eq!(index(&text).len(), MAX_TOKENS);
    assert_eq!(rows[0], index(&text));
}

#[test]
fn no_row_holds_a_token_more_often_than_postgresql_keeps() {
    let ruled = format!("{}\n返品したい", "ー".repeat(10_000));
    let english = "the return of the order ".repeat(3_000);
    for text in [ruled, english] {
        let rows = rows(&text);
        for row in &rows {
            let mut sorted = row.clone();
            sorted.sort_unstable();
            assert!(sorted.chunk_by(|one, other| one == other).all(|same| same.len() <= 255));
        }
        assert_eq!(rows[0], index(&text));
        assert!(rows.len() <= 64);
    }
    let behind = rows(&format!("{}\n返品したい", "ー".repeat(10_000)));
    assert!(behind.iter().any(|row| query("返品したい")[0].is_in(row)), "found behind a long line");
}

#[test]
fn an_endless_word_is_cut_and_still_found() {
    let long = "x".repeat(5_000);
    assert_eq!(index(&long), ["x".repeat(MAX_WORD_CHARS)]);
    assert!(found(&long, &long));
    assert!(found(&long, &"x".repeat(300)));
    assert!(!found(&long, &format!("{long} y")));
}

#[test]
fn a_query_of_any_length_stays_small() {
    let asked = "返品".repeat(5_000);
    assert_eq!(query(&asked).len(), 1);
    assert!(query(&asked)[0].tokens().len() <= OVERLAP);
    assert!(query(&"a1 ".repeat(5_000)).len() <= 32);
}

/// Few characters, so that hits are frequent; every kind of neighbour.
const MIXED: &str = "[返品不可のあアｱｶﾞがかﾞーｰ髙高Aab10ｂ、。 　\n\r!\"*:'()\\-]{0,24}";

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_cjk_word_is_found_exactly_where_the_folded_text_holds_it(text in MIXED, asked in "[返品不可のアｱガ髙高ー]{2,4}") {
        let folded = fold(&asked);
        prop_assume!(folded.chars().count() >= 2 && folded.chars().all(is_cjk));
        prop_assert_eq!(found(&text, &asked), fold(&text).contains(&folded));
    }

    #[test]
    fn a_single_character_is_found_exactly_where_the_folded_text_holds_it(text in MIXED, asked in "[返品不可のア髙]") {
        prop_assert_eq!(found(&text, &asked), fold(&text).contains(&fold(&asked)));
    }

    #[test]
    fn a_latin_word_is_found_exactly_where_a_word_begins_with_it(text in MIXED, asked in "[Aab10ｂ]{2,3}") {
        let folded = fold(&asked);
        let begins = fold(&text)
            .split(|c: char| !c.is_ascii_alphanumeric())
            .any(|word| word.starts_with(&folded));
        prop_assert_eq!(found(&text, &asked), begins);
    }

    #[test]
    fn whatever_stands_in_a_text_is_found_by_copying_it(before in MIXED, asked in "[返品のアabA10、\\-]{1,8}", after in MIXED) {
        let Some(wanted) = word(&asked) else { return Ok(()) };
        // A lone letter asks for that very word; it is no beginning.
        prop_assume!(wanted.is_prefix() || wanted.tokens().len() > 1 || !wanted.tokens()[0].is_ascii());
        let text = format!("{before}{asked}{after}");
        prop_assume!(fold(&text).contains(&fold(&asked)));
        // In the middle of a Latin word it is no beginning either.
        let is_latin = |c: char| c.is_ascii_alphanumeric();
        prop_assume!(!(fold(&asked).starts_with(is_latin) && fold(&before).ends_with(is_latin)));
        prop_assert!(wanted.is_in(&index(&text)), "{:?} in {:?}", asked, text);
    }

    #[test]
    fn tokens_hold_nothing_a_database_could_take_for_syntax(text in any::<String>()) {
        for token in index(&text) {
            prop_assert!(!token.is_empty() && token.chars().count() <= MAX_WORD_CHARS);
            for c in token.chars() {
                prop_assert!(!c.is_whitespace() && (!c.is_ascii() || c.is_ascii_digit() || c.is_ascii_lowercase()), "{c:?}");
            }
        }
        for word in query(&text) {
            prop_assert!(!word.tokens().is_empty());
        }
    }
}
