//! Why a command failed, as a sentence in the reader's language: what, why, what to do.

use serde_json::Value;
use server::{
    problem::{FieldError, Problem},
    words::{Language, text},
};
use store::StoreError;

/// A failure, and what is still to be said of it.
#[derive(Debug)]
pub enum Failure {
    /// A sentence by its key (`cli.…` in `i18n/`) and the values of its blanks.
    Sentence {
        /// The key.
        key: &'static str,
        /// The values.
        params: Vec<(&'static str, String)>,
    },
    /// An action refused; the sentences are those of the screens (`problem.…`, `field.…`).
    Refused(Box<Problem>),
    /// Everything was said already, where it happened.
    Told,
    /// Whoever read standard output went away, so nobody waits for the rest: no failure for the caller.
    NobodyReads,
}

impl Failure {
    /// A failure whose sentence is `key`.
    pub fn new(key: &'static str) -> Failure {
        Failure::Sentence { key, params: Vec::new() }
    }

    /// Fills a blank of the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Failure {
        if let Failure::Sentence { params, .. } = &mut self {
            params.push((name, value.to_string()));
        }
        self
    }

    /// Something that has no sentence of its own: the system's words, wrapped.
    pub fn other(error: impl std::fmt::Display) -> Failure {
        Failure::new("cli.error.other").with("why", error)
    }

    /// The sentence; `None` when there is nothing more to say.
    pub fn sentence(&self, language: Language) -> Option<String> {
        match self {
            Failure::Sentence { key, params } => {
                let params: Vec<(&str, &str)> =
                    params.iter().map(|(name, value)| (*name, value.as_str())).collect();
                Some(text(language, key, &params))
            }
            Failure::Refused(problem) => Some(refusal(problem, language)),
            Failure::Told | Failure::NobodyReads => None,
        }
    }

    /// The exit status it ends with.
    pub fn status(&self) -> u8 {
        match self {
            Failure::Sentence { .. } | Failure::Refused(_) | Failure::Told => 1,
            Failure::NobodyReads => 0,
        }
    }
}

/// What the screens would say: the problem, then each field.
fn refusal(problem: &Problem, language: Language) -> String {
    let values: Vec<(&str, String)> =
        problem.params.iter().map(|(name, value)| (name.as_str(), in_words(value))).collect();
    let params: Vec<(&str, &str)> = values.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let slug = problem.kind.rsplit('/').next().unwrap_or_default();
    let mut parts = vec![text(language, &format!("problem.{slug}"), &params)];
    parts.extend(problem.errors.iter().map(|error| field(error, language)));
    parts.join(if language == Language::Ja { "" } else { " " })
}

fn in_words(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// 「パスワード: 短すぎます。」; a password's own rule stands behind it.
fn field(error: &FieldError, language: Language) -> String {
    let label = format!("cli.field.{}", error.field);
    let known = text(language, &label, &[]);
    let name = if known == label { &error.field } else { &known };
    let what = text(language, &format!("field.{}", error.code), &[]);
    let said = text(language, "cli.error.field", &[("name", name), ("what", &what)]);
    if error.field != "password" {
        return said;
    }
    let between = if language == Language::Ja { "" } else { " " };
    said + between + &text(language, "password.hint", &[])
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Failure {
        match error {
            StoreError::NotFound | StoreError::Conflict | StoreError::Busy => Problem::from(error).into(),
            StoreError::Broken(source) => Failure::new("cli.error.database").with("why", source),
        }
    }
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Failure {
        Failure::Refused(Box::new(problem))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use server::problem::ProblemKind;

    #[test]
    fn a_refusal_is_said_in_the_readers_language_alone() {
        let problem = Problem::new(ProblemKind::InvalidInput).field("password", "too_short");
        let said = Failure::from(problem).sentence(Language::Ja).unwrap();
        assert!(said.contains("パスワード: 短すぎます。"), "{said}");
        assert!(!said.contains(|c: char| c.is_ascii_alphabetic()), "{said}");
    }

    #[test]
    fn a_busy_database_is_said_without_the_systems_words() {
        let said = Failure::from(StoreError::Busy).sentence(Language::Ja).unwrap();
        assert!(!said.contains(|c: char| c.is_ascii_alphabetic()), "{said}");
    }

    #[test]
    fn a_reader_who_went_away_is_no_failure() {
        assert_eq!((Failure::NobodyReads.status(), Failure::Told.status()), (0, 1));
    }
}
