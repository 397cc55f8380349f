//! Search words, made in Rust so that each database only stores and matches them.
//!
//! The stream is a plain list; a token's position is its place in it, so the same list serves FTS5 (joined by
//! blanks, tokenizer `ascii`) and a `tsvector` literal (`'token':position`). A run of characters written without
//! blanks gives its pairs and then its last character alone: 返品不可 → 返品 品不 不可 可. That last single token
//! is what separates runs: a phrase of pairs can't cross it, so no gaps between positions are needed. Letters and
//! digits give words, lower case, split at everything else: A-10234 → a 10234.
//!
//! Tokens hold only ASCII letters and digits in lower case or characters beyond ASCII, never blanks or quotes.

use crate::normalize::fold;
use crate::script::{Class, class};
use std::collections::HashMap;

/// Most tokens of one index row (PostgreSQL keeps no positions above 16,383).
pub const MAX_TOKENS: usize = 8_000;
/// Tokens that two neighbouring rows of a long text share, so that no phrase is cut between them.
pub const OVERLAP: usize = 200;
/// Most times one token stands in a row (PostgreSQL keeps no more than 255 positions of a lexeme and would miss
/// phrases silently); the row ends earlier then.
pub const MAX_REPEATS: u32 = 255;
/// Tokens shared with the next row where a row ended early: a line of a thousand ー must not fill all rows.
const SHORT_OVERLAP: usize = 32;
/// Most rows of one text; what lies behind them is not found by search.
pub const MAX_ROWS: usize = 64;
/// A word is kept up to this many characters (PostgreSQL refuses lexemes above 2,046 bytes).
pub const MAX_WORD_CHARS: usize = 64;
/// Most words of one query.
pub const MAX_QUERY_WORDS: usize = 32;

/// One word of a query, as the tokens that must stand at consecutive positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Word {
    /// All tokens as they are.
    Phrase(Vec<String>),
    /// All tokens but the last as they are; the last is the beginning of a token.
    Prefix(Vec<String>),
}

impl Word {
    /// The tokens, never empty.
    pub fn tokens(&self) -> &[String] {
        match self {
            Self::Phrase(tokens) | Self::Prefix(tokens) => tokens,
        }
    }

    /// Whether the last token is only the beginning of one.
    pub const fn is_prefix(&self) -> bool {
        matches!(self, Self::Prefix(_))
    }

    /// The same word, found only among tokens behind this mark (see [`marked`]).
    #[must_use]
    pub fn marked(self, mark: char) -> Self {
        let all = |tokens: Vec<String>| tokens.iter().map(|token| format!("{mark}{token}")).collect();
        match self {
            Self::Phrase(tokens) => Self::Phrase(all(tokens)),
            Self::Prefix(tokens) => Self::Prefix(all(tokens)),
        }
    }

    /// Whether a token stream holds this word: what the databases do, in plain words.
    pub fn is_in(&self, stream: &[String]) -> bool {
        let wanted = self.tokens();
        stream.windows(wanted.len()).any(|window| {
            window.iter().zip(wanted).enumerate().all(|(at, (token, word))| {
                token == word
                    || (self.is_prefix() && at + 1 == wanted.len() && token.starts_with(word.as_str()))
            })
        })
    }
}

/// The tokens of a text for one row, the first of [`rows`]: the beginning of a long text counts.
pub fn index(text: &str) -> Vec<String> {
    let mut first = tokens(text, MAX_TOKENS);
    first.truncate(row_end(&first, 0));
    first
}

/// The tokens of a whole text in rows of at most [`MAX_TOKENS`], and of each token at most [`MAX_REPEATS`];
/// neighbours share tokens ([`OVERLAP`]). A short text is one row, a text without any word none.
pub fn rows(text: &str) -> Vec<Vec<String>> {
    let all = tokens(text, (MAX_TOKENS - OVERLAP) * MAX_ROWS);
    let mut rows = Vec::new();
    let mut from = 0;
    while from < all.len() && rows.len() < MAX_ROWS {
        let to = row_end(&all, from);
        rows.push(all[from..to].to_vec());
        if to == all.len() {
            break;
        }
        from = to - if to - from == MAX_TOKENS { OVERLAP } else { SHORT_OVERLAP };
    }
    rows
}

/// The tokens of a part of a text (its subject, its writer), up to `limit`, each behind a `mark`, so that a word can be
/// looked for in this part only. A mark is a character that separates, so that no token of a text begins with it; the
/// tokens stand in sequence, and stay out of the way of everything that is looked for without a mark.
pub fn marked(text: &str, mark: char, limit: usize) -> Vec<String> {
    let found = tokens(text, limit.min(MAX_REPEATS as usize));
    found.iter().map(|token| format!("{mark}{token}")).collect()
}

/// Where the row ends that begins at `from`.
fn row_end(all: &[String], from: usize) -> usize {
    let mut seen: HashMap<&str, u32> = HashMap::new();
    let row = &all[from..all.len().min(from + MAX_TOKENS)];
    for (at, token) in row.iter().enumerate() {
        let times = seen.entry(token).or_default();
        *times += 1;
        if *times > MAX_REPEATS {
            return from + at;
        }
    }
    from + row.len()
}

/// The words of a query; each must be found (AND). Blanks separate words except between double quotes. A query
/// without a letter or digit has none.
pub fn query(text: &str) -> Vec<Word> {
    let folded = fold(text);
    let mut words = Vec::new();
    for (at, part) in folded.split('"').enumerate() {
        if at % 2 == 1 {
            words.extend(folded_word(part));
        } else {
            words.extend(part.split_whitespace().filter_map(folded_word));
        }
    }
    words.truncate(MAX_QUERY_WORDS);
    words
}

/// One word or quoted phrase: its tokens in sequence, blanks inside count as separators only. `None` without any
/// letter or digit.
pub fn word(text: &str) -> Option<Word> {
    folded_word(&fold(text))
}

fn folded_word(folded: &str) -> Option<Word> {
    let runs = runs(folded);
    let (last, before) = runs.split_last()?;
    let mut wanted = Vec::new();
    for run in before {
        run.give(&mut wanted, usize::MAX);
    }
    let prefix = match last {
        Run::Cjk(chars) if chars.len() == 1 => {
            wanted.push(chars.iter().collect());
            true
        }
        Run::Cjk(chars) => {
            wanted.extend(chars.windows(2).map(|two| two.iter().collect::<String>()));
            false
        }
        Run::Word(letters) => {
            let long_enough = !before.is_empty() || letters.chars().count() >= 2;
            wanted.push(letters.clone());
            long_enough
        }
    };
    if wanted.len() > OVERLAP {
        wanted.truncate(OVERLAP);
        return Some(Word::Phrase(wanted));
    }
    Some(if prefix { Word::Prefix(wanted) } else { Word::Phrase(wanted) })
}

fn tokens(text: &str, limit: usize) -> Vec<String> {
    let mut given = Vec::new();
    for run in runs(&fold(text)) {
        run.give(&mut given, limit);
        if given.len() >= limit {
            break;
        }
    }
    given
}

/// A piece of text without a separator in it.
enum Run {
    Cjk(Vec<char>),
    Word(String),
}

impl Run {
    /// Appends the run's tokens, up to `limit` in all.
    fn give(&self, tokens: &mut Vec<String>, limit: usize) {
        let room = limit.saturating_sub(tokens.len());
        match self {
            Self::Cjk(chars) => {
                let pairs = chars.windows(2).map(|two| two.iter().collect::<String>());
                let single = chars.last().map(char::to_string);
                tokens.extend(pairs.chain(single).take(room));
            }
            Self::Word(word) => tokens.extend(std::iter::once(word.clone()).take(room)),
        }
    }
}

fn runs(folded: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut before = Class::Separator;
    for c in folded.chars() {
        // An accent that NFKC could not compose belongs to its letter; anywhere else it separates.
        let class = match (class(c), before) {
            (Class::Mark, Class::Word) => Class::Word,
            (Class::Mark, _) => Class::Separator,
            (class, _) => class,
        };
        extend(&mut runs, c, class, class == before);
        before = class;
    }
    runs
}

fn extend(runs: &mut Vec<Run>, c: char, class: Class, goes_on: bool) {
    match (class, runs.last_mut()) {
        (Class::Cjk, Some(Run::Cjk(chars))) if goes_on => chars.push(c),
        (Class::Cjk, _) => runs.push(Run::Cjk(vec![c])),
        (Class::Word, Some(Run::Word(word))) if goes_on => {
            if word.len() < MAX_WORD_CHARS || word.chars().count() < MAX_WORD_CHARS {
                word.push(c);
            }
        }
        (Class::Word, _) => runs.push(Run::Word(c.to_string())),
        (Class::Mark | Class::Separator, _) => {}
    }
}
