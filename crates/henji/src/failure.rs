//! Why a command failed, as a sentence in the reader's language: what, why, what to do.

use server::words::{Language, text};

/// A failure with the key of its sentence (`cli.…` in `i18n/`) and the values of its blanks.
#[derive(Debug)]
pub struct Failure {
    key: &'static str,
    params: Vec<(&'static str, String)>,
}

impl Failure {
    /// A failure whose sentence is `key`.
    pub fn new(key: &'static str) -> Failure {
        Failure { key, params: Vec::new() }
    }

    /// Fills a blank of the sentence.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Failure {
        self.params.push((name, value.to_string()));
        self
    }

    /// Something that has no sentence of its own: the system's words, wrapped.
    pub fn other(error: impl std::fmt::Display) -> Failure {
        Failure::new("cli.error.other").with("why", error)
    }

    /// The sentence.
    pub fn sentence(&self, language: Language) -> String {
        let params: Vec<(&str, &str)> =
            self.params.iter().map(|(name, value)| (*name, value.as_str())).collect();
        text(language, self.key, &params)
    }
}

impl From<store::StoreError> for Failure {
    fn from(error: store::StoreError) -> Failure {
        Failure::new("cli.error.database").with("why", error)
    }
}

impl From<server::problem::Problem> for Failure {
    fn from(problem: server::problem::Problem) -> Failure {
        let fields: Vec<String> =
            problem.errors.iter().map(|error| format!("{}: {}", error.field, error.code)).collect();
        Failure::new("cli.error.refused").with("why", problem.title).with("fields", fields.join(", "))
    }
}
