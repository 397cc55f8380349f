//! The words on the screens: both languages hold the same keys with the same `{blanks}`, sorted;
//! every key that code names is there, and every key that is there is shown somewhere.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;

use super::Finding;
use super::i18n_uses::Uses;
use crate::project::{self, SourceFile};

const LANGUAGES: [&str; 2] = ["i18n/ja.json", "i18n/en.json"];
/// Where words are shown. The stories read them too, but showing is not their work.
const SCREENS: [&str; 2] = ["console/src/", "crates/"];
const STORIES: &str = "e2e/";
/// Groups whose keys are put together where this check can't see it: (beginning, who does it).
/// `t(`group.${x}`)`, `tCode('group', x)` and `format!("group.{x}")` are seen and need no line.
const BY_CODE: [(&str, &str); 0] = [];

/// One language file.
struct Language {
    path: &'static str,
    words: BTreeMap<String, String>,
    /// Keys in the order of the file.
    order: Vec<String>,
}

/// Compares the language files with each other and with the code.
pub fn look(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let mut languages = Vec::new();
    for path in LANGUAGES {
        let text =
            std::fs::read_to_string(root.join(path)).with_context(|| format!("{path} can't be read"))?;
        languages.push(Language::read(path, &text)?);
    }
    let files = project::files(root, &["rs", "ts", "js", "mjs", "svelte", "html"])?;
    let mut found = compare(&languages);
    found.extend(compare_with_code(&languages[0], &files));
    Ok(found)
}

impl Language {
    fn read(path: &'static str, text: &str) -> anyhow::Result<Self> {
        let words = serde_json::from_str(text).with_context(|| format!("{path} is no flat list of words"))?;
        let order = text
            .lines()
            .filter_map(|line| Some(line.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned()))
            .collect();
        Ok(Self { path, words, order })
    }
}

fn compare(languages: &[Language]) -> Vec<Finding> {
    let all: BTreeSet<&String> = languages.iter().flat_map(|language| language.words.keys()).collect();
    let mut found = Vec::new();
    for language in languages {
        for pair in language.order.windows(2).filter(|pair| pair[0] >= pair[1]) {
            let message = if pair[0] == pair[1] { "stands twice" } else { "is not in alphabetical order" };
            found.push(Finding::new(format!("{}: {}", language.path, pair[1]), message));
        }
        for key in &all {
            match language.words.get(*key) {
                None => found
                    .push(Finding::new(format!("{}: {key}", language.path), "is missing in this language")),
                Some(words) if words.trim().is_empty() => {
                    found.push(Finding::new(format!("{}: {key}", language.path), "has no words"));
                }
                Some(_) => {}
            }
        }
    }
    for key in all {
        let sets: BTreeSet<_> =
            languages.iter().filter_map(|l| l.words.get(key)).map(|w| blanks(w)).collect();
        if sets.len() > 1 {
            found.push(Finding::new(key, format!("the languages have different blanks: {sets:?}")));
        }
    }
    found
}

/// The names in `{name}` and `{n|ticket|tickets}`.
fn blanks(words: &str) -> BTreeSet<&str> {
    let inside = words.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0));
    inside.map(|blank| blank.split('|').next().unwrap_or(blank)).collect()
}

fn compare_with_code(language: &Language, files: &[SourceFile]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut shown = Uses::default();
    for file in files {
        let on_screen = SCREENS.iter().any(|folder| file.path.starts_with(folder));
        if !on_screen && !file.path.starts_with(STORIES) {
            continue;
        }
        let uses = Uses::read(file);
        for (line, key) in uses.named.iter().filter(|(_, key)| !language.words.contains_key(key)) {
            let place = format!("{}:{line}", file.path);
            found.push(Finding::new(place, format!("{key} is not in {}", LANGUAGES.join(" and "))));
        }
        if on_screen {
            shown.add(uses);
        }
    }
    let unused = language.words.keys().filter(|key| {
        let by_code = BY_CODE.iter().any(|(beginning, _)| key.starts_with(beginning));
        !by_code && !shown.shows(key)
    });
    found.extend(unused.map(|key| Finding::new(key, "no code shows it: take it out of both languages")));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(ja: &str, en: &str) -> Vec<String> {
        let languages = [
            Language::read(LANGUAGES[0], ja).expect("words"),
            Language::read(LANGUAGES[1], en).expect("words"),
        ];
        compare(&languages).into_iter().map(|f| format!("{}: {}", f.place, f.message)).collect()
    }

    fn code(words: &str, path: &str, text: &str) -> Vec<String> {
        let language = Language::read(LANGUAGES[0], words).expect("words");
        let file = SourceFile { path: path.to_owned(), text: text.to_owned() };
        compare_with_code(&language, &[file])
            .into_iter()
            .map(|f| format!("{}: {}", f.place, f.message))
            .collect()
    }

    const A: &str = "{\n  \"a.b\": \"{name}さん\"\n}\n";

    #[test]
    fn equal_languages_are_fine() {
        assert_eq!(pair(A, "{\n  \"a.b\": \"dear {name}\"\n}\n"), Vec::<String>::new());
        assert_eq!(blanks("{n|ticket|tickets} of {all}"), BTreeSet::from(["n", "all"]));
    }

    #[test]
    fn a_word_missing_in_one_language_is_found() {
        assert_eq!(pair(A, "{}"), ["i18n/en.json: a.b: is missing in this language"]);
    }

    #[test]
    fn different_blanks_are_found() {
        assert!(pair(A, "{\n  \"a.b\": \"dear {nmae}\"\n}\n")[0].contains("different blanks"));
    }

    #[test]
    fn disorder_doubles_and_empty_words_are_found() {
        let wrong = "{\n  \"b\": \"x\",\n  \"a\": \" \",\n  \"a\": \" \"\n}\n";
        let found = pair(wrong, wrong);
        for message in ["is not in alphabetical order", "stands twice", "has no words"] {
            assert!(found.iter().any(|finding| finding.ends_with(message)), "{message}: {found:?}");
        }
    }

    #[test]
    fn a_key_that_code_names_but_nobody_wrote_is_found() {
        let found = code(A, "console/src/a.svelte", "{t('a.b')}\n{t('a.c', { n: 1 })}");
        assert_eq!(found, ["console/src/a.svelte:2: a.c is not in i18n/ja.json and i18n/en.json"]);
        let found = code(A, "crates/henji/src/a.rs", "text(lang, \"a.b\", &[]); text(x.y(),\n \"a.c\", &[])");
        assert_eq!(found, ["crates/henji/src/a.rs:2: a.c is not in i18n/ja.json and i18n/en.json"]);
    }

    #[test]
    fn a_key_that_no_screen_shows_is_found_even_when_a_story_reads_it() {
        assert_eq!(code(A, "console/src/a.ts", "t('a.b')"), Vec::<String>::new());
        assert_eq!(code(A, "console/src/a.ts", "t(`a.${x}`)"), Vec::<String>::new());
        let unused = ["a.b: no code shows it: take it out of both languages"];
        assert_eq!(code(A, "console/src/a.ts", "'nothing'"), unused);
        assert_eq!(code(A, "e2e/stories/a.mjs", "word('a.b')"), unused);
    }
}
