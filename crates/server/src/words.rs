//! The words of the product on this side of the wire: the same two files as the console (`i18n/`), embedded.

use std::{collections::BTreeMap, sync::LazyLock};

/// A language the product speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
}

type Words = BTreeMap<String, String>;

static JA: LazyLock<Words> = LazyLock::new(|| parse(include_str!("../../../i18n/ja.json")));
static EN: LazyLock<Words> = LazyLock::new(|| parse(include_str!("../../../i18n/en.json")));

fn parse(json: &str) -> Words {
    // The test below reads both files; an unreadable one would show as keys on the screen, never as a panic.
    serde_json::from_str(json).unwrap_or_default()
}

impl Language {
    /// Reads `ja`, `en`, or a locale such as `en_GB.UTF-8`; anything else is Japanese.
    pub fn of(name: &str) -> Language {
        if name.to_ascii_lowercase().starts_with("en") { Language::En } else { Language::Ja }
    }

    /// `ja` or `en`.
    pub fn as_str(self) -> &'static str {
        match self {
            Language::Ja => "ja",
            Language::En => "en",
        }
    }
}

/// The sentence of `key` with its `{blanks}` filled; a key that is missing stays visible as the key.
pub fn text(language: Language, key: &str, params: &[(&str, &str)]) -> String {
    let words = match language {
        Language::Ja => &JA,
        Language::En => &EN,
    };
    let sentence = words.get(key).map_or(key, String::as_str);
    params.iter().fold(sentence.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_keys() {
        assert!(!JA.is_empty());
        assert_eq!(JA.keys().collect::<Vec<_>>(), EN.keys().collect::<Vec<_>>());
    }

    #[test]
    fn blanks_are_filled_and_a_missing_key_stays_visible() {
        assert_eq!(text(Language::Ja, "app.name", &[]), "返事");
        assert_eq!(text(Language::En, "no.such.key", &[("a", "b")]), "no.such.key");
    }

    #[test]
    fn a_locale_names_its_language() {
        assert_eq!(Language::of("en_GB.UTF-8"), Language::En);
        assert_eq!(Language::of("ja_JP.UTF-8"), Language::Ja);
        assert_eq!(Language::of("C"), Language::Ja);
    }
}
