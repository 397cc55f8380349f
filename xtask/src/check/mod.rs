//! Checks of rules that the compiler can't see. Each finding tells where, what is wrong and what
//! to do; every check has tests that show it bites.

mod boundaries;
mod contract_tests;
mod i18n;
mod i18n_uses;
mod rust_text;
mod sizes;
mod sql_safe;
mod words;

use std::path::Path;
use std::process::ExitCode;

use crate::project;

/// One place where a rule is broken.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    /// `path`, `path:line` or the name of the thing.
    pub place: String,
    /// What is wrong and what to do.
    pub message: String,
}

impl Finding {
    /// A finding at `place`.
    pub fn new(place: impl Into<String>, message: impl Into<String>) -> Self {
        Self { place: place.into(), message: message.into() }
    }
}

/// A rule of the house.
pub struct Check {
    /// The command: `cargo xtask NAME`.
    pub name: &'static str,
    /// Looks at the project under a folder.
    pub look: fn(&Path) -> anyhow::Result<Vec<Finding>>,
}

/// All of them, in the order of `cargo xtask check`.
pub const ALL: &[Check] = &[
    Check { name: "check-boundaries", look: boundaries::look },
    Check { name: "check-sizes", look: sizes::look },
    Check { name: "check-i18n", look: i18n::look },
    Check { name: "check-contract-tests", look: contract_tests::look },
    Check { name: "check-sql-safe", look: sql_safe::look },
    Check { name: "check-words", look: words::look },
];

/// The check called `name`, as a list of one; all of them for `check`.
pub fn named(name: &str) -> Option<&'static [Check]> {
    if name == "check" {
        return Some(ALL);
    }
    ALL.iter().find(|check| check.name == name).map(std::slice::from_ref)
}

/// Runs `checks` on this project, prints what they find, and fails when they find something.
pub fn run(checks: &[Check]) -> anyhow::Result<ExitCode> {
    let root = project::root();
    let mut broken = 0;
    for check in checks {
        let findings = (check.look)(&root)?;
        for Finding { place, message } in &findings {
            println!("{}: {place}: {message}", check.name);
        }
        if findings.is_empty() {
            println!("{}: all well", check.name);
        }
        broken += findings.len();
    }
    if broken == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    println!("{broken} to mend");
    Ok(ExitCode::FAILURE)
}
