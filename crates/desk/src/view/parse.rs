//! Reads what was typed. There is no wrong question: an unknown field is words, an open quote or bracket ends at the
//! end, what has no partner means nothing. Marks typed with a Japanese keyboard (：（）「」” and the wide blank) are
//! the same marks. Length, depth and the number of terms are limited; what lies behind is not read.

use super::field::Field;
use std::{iter::Peekable, str::Chars};

/// Characters that are read.
const MAX_CHARS: usize = 1_000;
/// Terms that are read, as many as a query of plain words may have.
const MAX_TERMS: usize = japanese::tokens::MAX_QUERY_WORDS;
/// Brackets within brackets; deeper ones are only blanks.
const MAX_DEPTH: usize = 16;

/// A question in the view language, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub(super) root: Node,
}

/// A part of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Node {
    All(Vec<Node>),
    Any(Vec<Node>),
    Not(Box<Node>),
    Term(Term),
}

/// A word or phrase, or the value of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Term {
    pub field: Option<Field>,
    pub text: String,
}

impl Question {
    /// Reads any text.
    pub fn parse(text: &str) -> Self {
        let read: String = text.chars().take(MAX_CHARS).collect();
        let mut parser = Parser { chars: read.chars().peekable(), terms: 0 };
        Self { root: Node::All(parser.group(0, None)) }
    }

    /// The texts of the words that are looked for, for showing where they stand.
    pub fn texts(&self) -> Vec<&str> {
        let mut texts = Vec::new();
        self.root.each_wanted(&mut |term| match term.field {
            None | Some(Field::From | Field::To | Field::Subject) => texts.push(term.text.as_str()),
            Some(_) => {}
        });
        texts
    }

    /// Whether its settling needs the names of people, teams and mailboxes, or the desk's time zone.
    pub fn asks_around(&self) -> bool {
        self.root.has_field(&|field| {
            matches!(field, Field::Assignee | Field::Team | Field::Mailbox | Field::Before | Field::After)
        })
    }
}

impl Node {
    /// Every term that is not excluded.
    fn each_wanted<'a>(&'a self, look: &mut impl FnMut(&'a Term)) {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().for_each(|node| node.each_wanted(look)),
            Self::Not(_) => {}
            Self::Term(term) => look(term),
        }
    }

    fn has_field(&self, is: &impl Fn(Field) -> bool) -> bool {
        match self {
            Self::All(nodes) | Self::Any(nodes) => nodes.iter().any(|node| node.has_field(is)),
            Self::Not(node) => node.has_field(is),
            Self::Term(term) => term.field.is_some_and(is),
        }
    }

    /// One of the two; a chain of OR is one list.
    fn or(self, other: Self) -> Self {
        match self {
            Self::Any(mut nodes) => {
                nodes.push(other);
                Self::Any(nodes)
            }
            first @ (Self::All(_) | Self::Not(_) | Self::Term(_)) => Self::Any(vec![first, other]),
        }
    }
}

/// What was read next.
enum Piece {
    Node(Node),
    Or,
    Nothing,
}

struct Parser<'a> {
    chars: Peekable<Chars<'a>>,
    terms: usize,
}

impl Parser<'_> {
    /// Everything up to the closing bracket or the end. Terms without a field of their own belong to `field`.
    fn group(&mut self, depth: usize, field: Option<Field>) -> Vec<Node> {
        let mut nodes: Vec<Node> = Vec::new();
        let mut or = false;
        while self.terms < MAX_TERMS {
            while self.chars.next_if(|c| c.is_whitespace()).is_some() {}
            let Some(&next) = self.chars.peek() else { break };
            if is_close(next) {
                self.chars.next();
                if depth > 0 {
                    break;
                }
                continue;
            }
            match self.piece(depth, field) {
                Piece::Or => or = true,
                Piece::Nothing => or = false,
                Piece::Node(node) => {
                    let before = if or { nodes.pop() } else { None };
                    nodes.push(match before {
                        Some(before) => before.or(node),
                        None => node,
                    });
                    or = false;
                }
            }
        }
        nodes
    }

    fn piece(&mut self, depth: usize, field: Option<Field>) -> Piece {
        if !self.takes_minus() {
            return self.plain_piece(depth, field);
        }
        match self.plain_piece(depth, field) {
            Piece::Node(node) => Piece::Node(Node::Not(Box::new(node))),
            Piece::Or => self.term(field, "OR".to_owned()),
            Piece::Nothing => Piece::Nothing,
        }
    }

    /// Takes a single `-` that stands directly before something.
    fn takes_minus(&mut self) -> bool {
        let mut ahead = self.chars.clone();
        let minus = ahead.next().is_some_and(is_minus);
        let negates =
            minus && ahead.next().is_some_and(|c| !(c.is_whitespace() || is_minus(c) || is_close(c)));
        if negates {
            self.chars.next();
        }
        negates
    }

    fn plain_piece(&mut self, depth: usize, field: Option<Field>) -> Piece {
        match self.chars.peek() {
            Some(&open) if is_open(open) => {
                self.chars.next();
                if depth >= MAX_DEPTH {
                    return Piece::Nothing;
                }
                let nodes = self.group(depth + 1, field);
                if nodes.is_empty() { Piece::Nothing } else { Piece::Node(Node::All(nodes)) }
            }
            Some(&quote) if is_quote(quote) => {
                self.chars.next();
                let phrase = self.until_quote(quote);
                self.term(field, phrase)
            }
            _ => self.word(depth, field),
        }
    }

    /// A word, or a field with its value: a word, a phrase or a group.
    fn word(&mut self, depth: usize, field: Option<Field>) -> Piece {
        let mut word = String::new();
        while let Some(c) = self.chars.next_if(|c| !ends_word(*c)) {
            word.push(c);
        }
        if matches!(word.as_str(), "OR" | "ＯＲ") {
            return Piece::Or;
        }
        let Some((own, value)) = split_field(&word) else { return self.term(field, word) };
        if !value.is_empty() {
            return self.term(Some(own), value.to_owned());
        }
        match self.chars.peek() {
            Some(&c) if is_open(c) || is_quote(c) => self.plain_piece(depth, Some(own)),
            _ => self.term(field, word),
        }
    }

    fn term(&mut self, field: Option<Field>, text: String) -> Piece {
        if text.trim().is_empty() {
            // A lone 」 ends no word and begins none.
            self.chars.next_if(|c| *c == '」');
            return Piece::Nothing;
        }
        self.terms += 1;
        Piece::Node(Node::Term(Term { field, text }))
    }

    /// Up to the mark that closes the quotation, or to the end.
    fn until_quote(&mut self, open: char) -> String {
        self.chars
            .by_ref()
            .take_while(|c| if open == '「' { *c != '」' } else { !is_double_quote(*c) })
            .collect()
    }
}

/// A known field and what stands behind its colon.
fn split_field(word: &str) -> Option<(Field, &str)> {
    let (name, value) = word.split_once([':', '：'])?;
    Some((Field::of(name)?, value))
}

const fn is_open(c: char) -> bool {
    matches!(c, '(' | '（')
}

const fn is_close(c: char) -> bool {
    matches!(c, ')' | '）')
}

const fn is_double_quote(c: char) -> bool {
    matches!(c, '"' | '＂' | '“' | '”' | '„')
}

const fn is_quote(c: char) -> bool {
    is_double_quote(c) || c == '「'
}

/// The hyphen and what a Japanese keyboard gives for it. ー is not among them: words found in the middle of a text
/// may begin with it.
const fn is_minus(c: char) -> bool {
    matches!(c, '-' | '－' | '−')
}

fn ends_word(c: char) -> bool {
    c.is_whitespace() || is_open(c) || is_close(c) || is_quote(c) || c == '」'
}
