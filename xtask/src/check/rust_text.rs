//! Tells code, comments and string literals of a Rust file apart, so that a rule about code does
//! not trip over a comment, and a brace in a string is no brace.

/// A Rust file taken apart.
pub struct RustText {
    /// The source with comments, string contents and character literals blanked out: same length
    /// in characters, same lines.
    pub code: Vec<char>,
    /// The string literals in their order.
    pub strings: Vec<Literal>,
}

/// One string literal.
#[derive(Debug, PartialEq, Eq)]
pub struct Literal {
    /// Line of its first character, from 1.
    pub line: usize,
    /// Where its opening quote stands, in characters.
    pub at: usize,
    /// What stands between the quotes, escapes as written.
    pub text: String,
}

impl RustText {
    /// Takes `source` apart; never fails, a file that does not compile gives something sensible.
    pub fn read(source: &str) -> Self {
        let mut reader = Reader {
            source: source.chars().collect(),
            at: 0,
            line: 1,
            code: Vec::new(),
            strings: Vec::new(),
        };
        while reader.at < reader.source.len() {
            reader.step();
        }
        Self { code: reader.code, strings: reader.strings }
    }

    /// The blanked code as text.
    pub fn code(&self) -> String {
        self.code.iter().collect()
    }

    /// Line of the character at `at`, from 1.
    pub fn line_of(&self, at: usize) -> usize {
        1 + self.code[..at.min(self.code.len())].iter().filter(|c| **c == '\n').count()
    }
}

struct Reader {
    source: Vec<char>,
    at: usize,
    line: usize,
    code: Vec<char>,
    strings: Vec<Literal>,
}

impl Reader {
    fn peek(&self, ahead: usize) -> char {
        self.source.get(self.at + ahead).copied().unwrap_or('\0')
    }

    /// Takes one character over as code.
    fn keep(&mut self) {
        let c = self.peek(0);
        self.line += usize::from(c == '\n');
        self.code.push(c);
        self.at += 1;
    }

    /// Takes one character away, leaving a blank or the line's end.
    fn blank(&mut self) {
        let c = self.peek(0);
        self.line += usize::from(c == '\n');
        self.code.push(if c == '\n' { '\n' } else { ' ' });
        self.at += 1;
    }

    fn step(&mut self) {
        match (self.peek(0), self.peek(1)) {
            ('/', '/') => self.line_comment(),
            ('/', '*') => self.block_comment(),
            ('"', _) => self.string(),
            ('r', '"' | '#') if !self.inside_word() => self.maybe_raw_string(),
            ('\'', _) => self.character_or_lifetime(),
            _ => self.keep(),
        }
    }

    fn inside_word(&self) -> bool {
        // `br"…"` and `cr"…"` are raw strings too: a single b or c before the r is no word.
        let before: String =
            self.code.iter().rev().take_while(|c| c.is_alphanumeric() || **c == '_').collect();
        !matches!(before.as_str(), "" | "b" | "c")
    }

    fn line_comment(&mut self) {
        while self.at < self.source.len() && self.peek(0) != '\n' {
            self.blank();
        }
    }

    fn block_comment(&mut self) {
        let mut depth = 0_usize;
        while self.at < self.source.len() {
            match (self.peek(0), self.peek(1)) {
                ('/', '*') => depth += 1,
                ('*', '/') => depth -= 1,
                _ => {
                    self.blank();
                    continue;
                }
            }
            self.blank();
            self.blank();
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        let (line, at) = (self.line, self.at);
        self.keep();
        let mut text = String::new();
        while self.at < self.source.len() && self.peek(0) != '"' {
            if self.peek(0) == '\\' {
                text.push(self.peek(0));
                self.blank();
            }
            text.push(self.peek(0));
            self.blank();
        }
        self.keep();
        self.strings.push(Literal { line, at, text });
    }

    fn maybe_raw_string(&mut self) {
        let hashes = self.source[self.at + 1..].iter().take_while(|c| **c == '#').count();
        if self.peek(1 + hashes) != '"' {
            return self.keep();
        }
        let (line, at) = (self.line, self.at + 1 + hashes);
        (0..hashes + 2).for_each(|_| self.keep());
        let mut text = String::new();
        while self.at < self.source.len() {
            if self.peek(0) == '"' && (1..=hashes).all(|ahead| self.peek(ahead) == '#') {
                break;
            }
            text.push(self.peek(0));
            self.blank();
        }
        self.keep();
        self.strings.push(Literal { line, at, text });
    }

    fn character_or_lifetime(&mut self) {
        let escaped = self.peek(1) == '\\';
        if !escaped && self.peek(2) != '\'' {
            return self.keep();
        }
        self.keep();
        if escaped {
            self.blank();
        }
        self.blank();
        while self.at < self.source.len() && self.peek(0) != '\'' && self.peek(0) != '\n' {
            self.blank();
        }
        self.keep();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code(source: &str) -> String {
        RustText::read(source).code()
    }

    fn strings(source: &str) -> Vec<String> {
        RustText::read(source).strings.into_iter().map(|literal| literal.text).collect()
    }

    #[test]
    fn comments_are_blanked_and_lines_stay() {
        let source = "a // { \"\nb /* { /* } */ \n */ c";
        assert_eq!(code(source), "a       \nb              \n    c");
    }

    #[test]
    fn braces_in_strings_are_no_braces() {
        assert_eq!(code(r#"f("{\"", "}")"#), r#"f("   ", " ")"#);
        assert_eq!(strings(r#"f("{\"", "}")"#), [r#"{\""#, "}"]);
    }

    #[test]
    fn raw_strings_end_at_their_own_mark() {
        assert_eq!(strings("r#\"a \"quoted\" {\"# br\"b\" hour\"c\""), ["a \"quoted\" {", "b", "c"]);
        assert_eq!(code("r#type"), "r#type");
    }

    #[test]
    fn a_lifetime_is_no_character() {
        assert_eq!(code("<'a>('{', '\\'', '\\u{7b}', &'a str)"), "<'a>(' ', '  ', '      ', &'a str)");
    }

    #[test]
    fn a_literal_knows_its_line() {
        let text = RustText::read("x\n\n  \"a\nb\" \"c\"");
        let lines: Vec<_> = text.strings.iter().map(|literal| literal.line).collect();
        assert_eq!(lines, [3, 4]);
        assert_eq!(text.line_of(text.strings[0].at), 3);
    }
}
