//! The first words of a message that say something, for a row in a list: past 「〇〇様」 and 「お世話になっております」.

use japanese::normalize::fold;
use japanese::script::is_cjk;
use std::sync::LazyLock;

/// Longest excerpt, in characters.
pub const MAX: usize = 120;
/// So much of a message is looked at.
const LOOKED_AT: usize = 4_000;
/// A line that only names somebody is not longer than this.
const ADDRESSEE_MAX: usize = 40;

struct Polite {
    greetings: Vec<String>,
    addressees: Vec<String>,
    no_addressees: Vec<String>,
    introductions: Vec<String>,
}

static POLITE: LazyLock<Polite> = LazyLock::new(|| {
    let table = include_str!("../data/polite.tsv");
    let of = |kind: &str| {
        let lines = table.lines().filter_map(|line| line.split_once('\t'));
        lines.filter(|(_, its)| *its == kind).map(|(words, _)| squeezed(words)).collect()
    };
    Polite {
        greetings: of("greeting"),
        addressees: of("addressee"),
        no_addressees: of("no_addressee"),
        introductions: of("introduction"),
    }
});

/// The first words of what somebody newly wrote, on one line, at most [`MAX`] characters. Greetings, the name of
/// the addressee and the writer's introduction of himself are passed over, unless there is nothing else.
pub fn excerpt(new_text: &str) -> String {
    let text: String = new_text.chars().take(LOOKED_AT).filter(|c| !is_hidden(*c)).collect();
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| has_words(line)).collect();
    shortened(&one_line(&without_greeting(&lines[manners(&lines)..])))
}

/// How many lines at the beginning are manners; 0 if there is nothing else. Short lines without a mark count if a
/// polite one follows: 〇〇株式会社 / カスタマーサポート / ご担当者様.
fn manners(lines: &[&str]) -> usize {
    let looks_polite = |line: &&&str| is_polite(line) || is_mere_name(line);
    let block = lines.iter().take_while(looks_polite).count();
    let polite = lines[..block].iter().rposition(|line| is_polite(line)).map_or(0, |last| last + 1);
    if polite == lines.len() { 0 } else { polite }
}

fn is_mere_name(line: &str) -> bool {
    line.chars().count() <= 20 && !line.contains(['。', '、', '?', '？', '!', '！', '.'])
}

/// Characters that would disturb a row: control characters except line ends, and direction marks.
fn is_hidden(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FEFF}')
}

fn has_words(line: &str) -> bool {
    line.chars().any(char::is_alphanumeric)
}

/// Folded, without blanks and punctuation.
fn squeezed(line: &str) -> String {
    fold(line).chars().filter(|c| c.is_alphanumeric() || is_cjk(*c)).collect()
}

fn is_polite(line: &str) -> bool {
    let words = squeezed(line);
    let ends = |endings: &[String]| endings.iter().any(|ending| words.ends_with(ending.as_str()));
    let names_somebody =
        ends(&POLITE.addressees) && !ends(&POLITE.no_addressees) && !line.contains(['。', '?', '？']);
    let short = words.chars().count() <= ADDRESSEE_MAX;
    POLITE.greetings.contains(&words) || (short && (names_somebody || ends(&POLITE.introductions)))
}

/// A greeting and the matter can stand on one line: 「お世話になっております。商品が…」.
fn without_greeting(lines: &[&str]) -> Vec<String> {
    let mut said: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
    if let Some(first) = said.first_mut() {
        while let Some((sentence, rest)) = first.split_once('。') {
            if !is_polite(sentence) || !has_words(rest) {
                break;
            }
            *first = rest.trim_start().to_owned();
        }
    }
    said
}

/// Lines wrapped between Japanese characters are joined as they were, others with a blank.
fn one_line(lines: &[String]) -> String {
    let mut joined = String::new();
    for word in lines.iter().flat_map(|line| line.split_whitespace()) {
        let between = (joined.chars().next_back(), word.chars().next());
        let continues = matches!(between, (Some(last), Some(next)) if is_cjk(last) && is_cjk(next));
        if !joined.is_empty() && !continues {
            joined.push(' ');
        }
        joined.push_str(word);
        if joined.chars().count() > MAX {
            break;
        }
    }
    joined
}

fn shortened(line: &str) -> String {
    if line.chars().count() <= MAX {
        return line.to_owned();
    }
    line.chars().take(MAX - 1).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_matter_comes_before_the_manners() {
        let table = [
            ("商品がまだ届きません。\nいつ届きますか。", "商品がまだ届きません。 いつ届きますか。"),
            (
                "〇〇商店\nサポートご担当者様\n\nお世話になっております。\n八王子の山田と申します。\n\n先日の商品が\n壊れていました。",
                "先日の商品が壊れていました。",
            ),
            ("いつもお世話になっております。商品が届きません。", "商品が届きません。"),
            ("株式会社〇〇 御中\n初めまして。山田と申します。返品したいのですが。", "返品したいのですが。"),
            ("Hello,\n\nMy order has\nnot arrived.", "My order has not arrived."),
            ("Dear Support Team,\nWhere is it?", "Where is it?"),
            ("これは仕様\nですか", "これは仕様ですか"),
            ("返品できますか、山田様？", "返品できますか、山田様？"),
            ("--------\n*****\n届きません", "届きません"),
            ("山田様の件ですが、届きません", "山田様の件ですが、届きません"),
        ];
        for (text, first_words) in table {
            assert_eq!(excerpt(text), first_words, "{text:?}");
        }
    }

    #[test]
    fn manners_alone_are_better_than_nothing() {
        assert_eq!(excerpt("お世話になっております。"), "お世話になっております。");
        assert_eq!(excerpt("Hello"), "Hello");
        assert_eq!(excerpt(" \r\n---"), "");
    }

    #[test]
    fn a_long_matter_is_cut() {
        let cut = excerpt(&"届".repeat(500));
        assert_eq!(cut.chars().count(), MAX);
        assert!(cut.ends_with('…'));
    }

    proptest! {
        #[test]
        fn an_excerpt_is_one_short_line_of_any_text(text in any::<String>()) {
            let line = excerpt(&text);
            prop_assert!(line.chars().count() <= MAX);
            let spoilt = line.contains(['\n', '\r', '\u{0}', '\u{202E}']);
            prop_assert!(!spoilt, "{line:?}");
        }

        #[test]
        fn a_text_with_words_gives_words(text in "[あ亜a。、\n お世話になります様]{0,30}") {
            let empty = excerpt(&text).is_empty();
            prop_assert_eq!(empty, !has_words(&text));
        }
    }
}
