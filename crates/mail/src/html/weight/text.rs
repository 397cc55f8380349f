//! Texts of the shown page: which elements part them, and what writing one costs.

use crate::html::{SILENT, TAGS};
use std::cell::Cell;

/// What the sanitiser does with an element.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It stays.
    Shown,
    /// It goes, what is in it stays: the texts on both sides become one.
    Dissolved,
    /// It goes with all that is in it.
    Silent,
}

impl Fate {
    pub(super) fn of(name: &str) -> Self {
        if TAGS.contains(&name) {
            Self::Shown
        } else if SILENT.contains(&name) {
            Self::Silent
        } else {
            Self::Dissolved
        }
    }
}

/// A text that no element of the shown page interrupts.
#[derive(Debug, Default)]
pub(super) struct Run {
    length: Cell<usize>,
    escaped: Cell<usize>,
}

impl Run {
    /// Adds to the text; gives how much more work writing it is now.
    pub(super) fn add(&self, text: &str) -> usize {
        let before = self.work();
        self.length.set(self.length.get() + text.len());
        self.escaped.set(self.escaped.get() + to_escape(text));
        self.work() - before
    }

    /// The text ends here; `next` goes on with it if more is put before the element that ended it.
    pub(super) fn hand_over(&self, next: &Self) {
        next.length.set(self.length.take());
        next.escaped.set(self.escaped.take());
    }

    fn work(&self) -> usize {
        self.length.get().saturating_mul(self.escaped.get())
    }
}

/// How many characters of a text may have to be escaped.
pub(super) fn to_escape(text: &str) -> usize {
    memchr::memchr2_iter(b'&', 0xc2, text.as_bytes()).count()
}
