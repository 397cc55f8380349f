//! Words that must not stay: notes to oneself, and paths that exist on one machine only.

use std::path::Path;

use super::Finding;
use crate::project::{self, SourceFile};

const EXTENSIONS: [&str; 17] = [
    "rs", "ts", "js", "mjs", "svelte", "css", "html", "md", "toml", "json", "sql", "sh", "yml", "yaml",
    "tsv", "Makefile", "run",
];
/// Put together here so that this file does not find itself.
const LEFTOVERS: [&str; 5] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
];
const MACHINE_PATHS: [&str; 6] = [
    concat!("/ho", "me/"),
    concat!("/ro", "ot/"),
    concat!("/Us", "ers/"),
    concat!("C:\\", "Users"),
    concat!("/wo", "rk/"),
    concat!("/tmp/", "plan"),
];
/// Mails as they came, and lists of versions: not our words.
const NOT_OUR_WORDS: [&str; 1] = ["corpus/"];
const LOCK_FILES: [&str; 1] = ["package-lock.json"];

/// Looks at every text of the project.
pub fn look(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let files = project::files(root, &EXTENSIONS)?;
    let ours = files.iter().filter(|file| {
        !NOT_OUR_WORDS.iter().any(|folder| file.path.starts_with(folder))
            && !LOCK_FILES.iter().any(|name| file.path.ends_with(name))
    });
    Ok(ours.flat_map(findings).collect())
}

fn findings(file: &SourceFile) -> Vec<Finding> {
    let mut found = Vec::new();
    for (index, line) in file.text.lines().enumerate() {
        let place = || format!("{}:{}", file.path, index + 1);
        for word in LEFTOVERS.iter().filter(|word| stands_alone(line, word)) {
            found.push(Finding::new(
                place(),
                format!("{word}: do it, or write an issue and take the note away"),
            ));
        }
        for path in MACHINE_PATHS.iter().filter(|path| starts_a_path(line, path)) {
            found.push(Finding::new(
                place(),
                format!("{path}: a path of one machine; compute it from the file's place"),
            ));
        }
    }
    found
}

/// Whether `word` stands in `line` and not inside a longer word.
fn stands_alone(line: &str, word: &str) -> bool {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && (word.ends_with('(') || !after.is_some_and(is_word))
    })
}

/// Whether a path begins here: `https://example.jp/home/` and `a/root/b` go on from something.
fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        !before.is_some_and(|c| c.is_alphanumeric() || "_-./}$".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> usize {
        findings(&SourceFile { path: "a.rs".to_owned(), text: format!("{line}\n") }).len()
    }

    #[test]
    fn notes_to_oneself_are_found() {
        for line in [concat!("// TO", "DO: later"), concat!("FIX", "ME"), concat!("    todo", "!()")] {
            assert_eq!(found(line), 1, "{line}");
        }
    }

    #[test]
    fn the_lane_todo_is_no_note() {
        for line in ["Lane::Todo => \"todo\"", "t('lane.todo')", "const MASTODON: u8 = 1;"] {
            assert_eq!(found(line), 0, "{line}");
        }
    }

    #[test]
    fn a_path_of_one_machine_is_found_and_a_web_address_is_not() {
        assert_eq!(found(concat!("read(\"/ho", "me/taro/mail\")")), 1);
        assert_eq!(found(concat!("cd /wo", "rk/main")), 1);
        assert_eq!(found(concat!("https://example.jp/ho", "me/")), 0);
        assert_eq!(found(concat!("$PWD/wo", "rk/x")), 0);
    }
}
