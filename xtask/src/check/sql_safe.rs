//! All SQL stands in `store`, and text that was put together at run time reaches a database only
//! through two files. A review for SQL injection reads those two.

use std::path::Path;

use super::Finding;
use super::rust_text::RustText;
use crate::project::{self, SourceFile};

/// The wrapper without which sqlx takes no run-time text.
const WRAPPER: &str = "AssertSqlSafe";
const MAY_WRAP: [&str; 2] = ["crates/store/src/views.rs", "crates/store/src/dialect.rs"];
/// Tests make and drop databases of their own; no text of others reaches them.
const TESTS: &str = "/tests/";
const STORE: &str = "crates/store/";

/// Looks at every Rust file of the crates.
pub fn look(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let files = project::files(root, &["rs"])?;
    Ok(files.iter().filter(|file| file.path.starts_with("crates/")).flat_map(findings).collect())
}

fn findings(file: &SourceFile) -> Vec<Finding> {
    let text = RustText::read(&file.text);
    let mut found = Vec::new();
    let in_test = file.path.contains(TESTS);
    if !MAY_WRAP.contains(&file.path.as_str()) && !in_test {
        for (index, line) in text.code().lines().enumerate().filter(|(_, line)| line.contains(WRAPPER)) {
            let import = line.trim_start().starts_with("use ");
            let what = if import { "imports" } else { "uses" };
            let message = format!("{what} {WRAPPER}: only views.rs and dialect.rs of store may");
            found.push(Finding::new(format!("{}:{}", file.path, index + 1), message));
        }
    }
    if !file.path.starts_with(STORE) {
        for literal in text.strings.iter().filter(|literal| is_sql(&literal.text)) {
            if in_test && makes_a_database(&literal.text) {
                continue;
            }
            let place = format!("{}:{}", file.path, literal.line);
            found.push(Finding::new(place, "SQL outside of store: give the statement a name there"));
        }
    }
    found
}

/// The one statement that a test outside of store needs: a database of its own.
fn makes_a_database(text: &str) -> bool {
    let text = text.to_lowercase();
    text.starts_with("create database") || text.starts_with("drop database")
}

/// Whether a text is a statement and not a sentence: its verb stands first or after a `(`, and the
/// word that belongs to the verb follows.
fn is_sql(text: &str) -> bool {
    let text = text.to_lowercase().replace("\\n", " ").replace('\\', " ");
    let words: Vec<&str> = text.split_whitespace().collect();
    let follows = |from: usize, wanted: &str| words[from..].contains(&wanted);
    let begins = |at: usize| at == 0 || words[at - 1].ends_with('(');
    words.iter().enumerate().any(|(at, word)| match word.trim_start_matches('(') {
        "select" => (begins(at) || word.starts_with('(')) && follows(at, "from"),
        "insert" => words.get(at + 1) == Some(&"into") && (follows(at, "values") || follows(at, "select")),
        "update" => begins(at) && words.get(at + 2) == Some(&"set"),
        "delete" => begins(at) && words.get(at + 1) == Some(&"from"),
        "create" | "drop" | "alter" => {
            begins(at) && matches!(words.get(at + 1), Some(&("table" | "index" | "database" | "schema")))
        }
        "pragma" => begins(at) && words.len() > 1,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        findings(&SourceFile { path: path.to_owned(), text: text.to_owned() }).len()
    }

    #[test]
    fn run_time_sql_is_found_outside_its_two_files() {
        let wrapped = "fn f() { sqlx::query(AssertSqlSafe(text)) }";
        assert_eq!(found("crates/store/src/tickets.rs", wrapped), 1);
        assert_eq!(found("crates/store/src/views.rs", wrapped), 0);
        assert_eq!(found("crates/store/src/dialect.rs", wrapped), 0);
        assert_eq!(found("crates/store/src/lib.rs", "// AssertSqlSafe lives elsewhere\n"), 0);
    }

    #[test]
    fn a_statement_outside_of_store_is_found() {
        let path = "crates/server/src/actions/keep_mail.rs";
        for sql in [
            "select id, number from tickets where id = $1",
            "\\n    SELECT *\\n    FROM tickets",
            "update tickets set status = $1",
            "insert into jobs (kind) values ($1)",
            "delete from jobs where id = $1",
            "with a as ( select 1 from b ) select 2",
            "create table x (id integer)",
        ] {
            let source = format!("const SQL: &str = \"{sql}\";");
            assert_eq!(found(path, &source), 1, "{sql}");
            assert_eq!(found("crates/store/src/jobs.rs", &source), 0, "{sql}");
        }
    }

    #[test]
    fn a_test_may_make_its_database_and_nothing_more() {
        let path = "crates/server/tests/api/desk_at_hand.rs";
        assert_eq!(found(path, "f(AssertSqlSafe(format!(\"create database {name} template t\")))"), 0);
        assert_eq!(found(path, "f(\"select id from tickets\")"), 1);
        assert_eq!(found("crates/server/src/a.rs", "f(\"create database x\")"), 1);
    }

    #[test]
    fn an_english_sentence_is_no_statement() {
        for sentence in [
            "please select a ticket from the list",
            "update your settings",
            "the mail could not be deleted from the server",
            "created at",
        ] {
            assert_eq!(found("crates/server/src/problem.rs", &format!("f(\"{sentence}\")")), 0, "{sentence}");
        }
    }
}
