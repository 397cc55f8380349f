//! Which keys of the language files a source file uses: by name, or by a beginning to which the
//! rest is added at run time.

use std::collections::BTreeSet;

use super::rust_text::RustText;
use crate::project::SourceFile;

/// What one or more files use.
#[derive(Default)]
pub struct Uses {
    /// Keys in calls that must find them, with their line: `t('…')`, `word('…')`, `text(…, "…")`.
    pub named: Vec<(usize, String)>,
    literals: BTreeSet<String>,
    beginnings: BTreeSet<String>,
}

impl Uses {
    /// Reads one file.
    pub fn read(file: &SourceFile) -> Self {
        if file.path.contains(".test.") && !file.path.starts_with("e2e/") {
            return Self::default();
        }
        if file.extension() == "rs" { Self::of_rust(&file.text) } else { Self::of_script(&file.text) }
    }

    /// Takes the uses of another file in.
    pub fn add(&mut self, other: Self) {
        self.named.extend(other.named);
        self.literals.extend(other.literals);
        self.beginnings.extend(other.beginnings);
    }

    /// Whether `key` can appear.
    pub fn shows(&self, key: &str) -> bool {
        self.literals.contains(key)
            || self.beginnings.iter().any(|beginning| key.starts_with(beginning.as_str()))
    }

    fn of_rust(source: &str) -> Self {
        // What only a unit test names is not shown to anybody; the tests stand last in a file.
        let text = RustText::read(source.split("#[cfg(test)]").next().unwrap_or(source));
        let mut uses = Self::default();
        for literal in &text.strings {
            let (key, rest) = split_key(&literal.text);
            match rest.chars().next() {
                None if !key.is_empty() => {
                    uses.literals.insert(key.to_owned());
                    let before: String = text.code[..literal.at].iter().collect();
                    if key.contains('.') && innermost_call(&before) == Some("text") {
                        uses.named.push((literal.line, key.to_owned()));
                    }
                }
                Some('{') if goes_on(key) => {
                    uses.beginnings.insert(key.to_owned());
                }
                _ => {}
            }
        }
        uses
    }

    fn of_script(source: &str) -> Self {
        let mut uses = Self::default();
        for (index, line) in source.lines().enumerate() {
            for (at, quote) in line.match_indices(['\'', '"', '`']) {
                let (key, rest) = split_key(&line[at + 1..]);
                let caller = innermost_call(&line[..at]);
                if let Some(after) = rest.strip_prefix(quote) {
                    let only_argument = line[..at].ends_with('(') && after.starts_with([')', ',']);
                    // In `t(x === 'sent' ? 'a.b' : 'c.d')` the word `sent` is no key.
                    let caller = caller.filter(|_| key.contains('.') || only_argument);
                    uses.script_literal(index + 1, key, caller, after);
                } else if quote == "`" && rest.starts_with("${") && goes_on(key) {
                    uses.beginnings.insert(key.to_owned());
                }
            }
        }
        uses
    }

    fn script_literal(&mut self, line: usize, key: &str, caller: Option<&str>, after: &str) {
        let added_to = after.trim_start().starts_with('+');
        if goes_on(key) && added_to {
            self.beginnings.insert(key.to_owned());
        } else if caller == Some("tCode") && !key.is_empty() && !goes_on(key) {
            self.beginnings.insert(format!("{key}."));
        } else if !key.is_empty() {
            self.literals.insert(key.to_owned());
            if matches!(caller, Some("t" | "word")) {
                self.named.push((line, key.to_owned()));
            }
        }
    }
}

/// The longest beginning that is made of the characters of a key, and the rest.
fn split_key(text: &str) -> (&str, &str) {
    let is_key = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
    text.split_at(text.find(|c| !is_key(c)).unwrap_or(text.len()))
}

/// Whether this is the first part of a key, to which a word is added: `lane.`, `message.fold_`.
fn goes_on(key: &str) -> bool {
    key.contains('.') && key.ends_with(['.', '_', '-'])
}

/// The name before the last bracket that is still open at the end of `before`, when we stand in
/// its arguments: `say(text(a, b), ` → `say`.
fn innermost_call(before: &str) -> Option<&str> {
    let mut closed = 0_i32;
    for (at, c) in before.char_indices().rev() {
        match c {
            ')' | ']' | '}' => closed += 1,
            '(' | '[' | '{' if closed > 0 => closed -= 1,
            '(' => {
                let name = &before[..at];
                let start = name.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
                return Some(&name[start..]);
            }
            '[' | '{' | ';' => return None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn script(source: &str) -> Uses {
        Uses::read(&SourceFile { path: "a.svelte".to_owned(), text: source.to_owned() })
    }

    fn rust(source: &str) -> Uses {
        Uses::read(&SourceFile { path: "a.rs".to_owned(), text: source.to_owned() })
    }

    #[test]
    fn the_call_around_a_literal_is_found() {
        assert_eq!(innermost_call("x = t("), Some("t"));
        assert_eq!(innermost_call("format(t(a), [b], "), Some("format"));
        assert_eq!(innermost_call("const KEYS = ["), None);
    }

    #[test]
    fn keys_in_tables_and_attributes_count_as_shown() {
        let uses = script("const A = ['lane.new', \"lane.done\"];\n<Field label=\"field.name\" />");
        assert!(uses.shows("lane.new") && uses.shows("lane.done") && uses.shows("field.name"));
        assert!(!uses.shows("lane.todo"));
        assert!(uses.named.is_empty());
    }

    #[test]
    fn a_key_without_a_group_is_a_key_too() {
        assert_eq!(script("{t('loading')}").named, [(1, "loading".to_owned())]);
        assert_eq!(script("t(as === 'sent' ? 'a.b' : x)").named, [(1, "a.b".to_owned())]);
    }

    #[test]
    fn beginnings_are_read_from_all_three_forms() {
        assert!(script("t(`message.fold_${kind}`)").shows("message.fold_quote"));
        let uses = script("t(`lane.${x}`); tCode('problem', code); word('status.' + s)");
        assert!(uses.shows("lane.new") && uses.shows("problem.not-found") && uses.shows("status.open"));
        assert!(rust("text(l, &format!(\"doctor.{}\", code), &p)").shows("doctor.disk"));
    }

    #[test]
    fn what_only_a_test_names_is_not_shown() {
        assert!(
            !rust("fn f() {}\n#[cfg(test)]\nmod tests { text(l, \"no.such.key\", &[]) }")
                .shows("no.such.key")
        );
        let file =
            SourceFile { path: "console/src/a.test.ts".to_owned(), text: "t('no.such.key')".to_owned() };
        assert!(Uses::read(&file).named.is_empty());
    }

    #[test]
    fn an_ordinary_call_names_nothing() {
        assert!(script("import x from './a.svelte';\nformat('a.b')").named.is_empty());
        assert!(rust("Failure::new(\"cli.error.key\")").named.is_empty());
        assert!(rust("Failure::new(\"cli.error.key\")").shows("cli.error.key"));
    }
}
