//! Every public async function of `store` is called by a test that runs on both databases: that
//! is what replaces the compiler's check of the SQL.

use std::path::Path;

use super::Finding;
use super::rust_text::RustText;
use crate::project::{self, SourceFile};

const SOURCES: &str = "crates/store/src/";
const TESTS: &str = "crates/store/tests/";
const WORD: &str = "pub async fn ";

/// Compares the functions in `store/src` with the calls in `store/tests`.
pub fn look(root: &Path) -> anyhow::Result<Vec<Finding>> {
    Ok(findings(&project::files(root, &["rs"])?))
}

fn findings(files: &[SourceFile]) -> Vec<Finding> {
    let below = |folder: &'static str| files.iter().filter(move |file| file.path.starts_with(folder));
    let tests: String = below(TESTS).map(|file| RustText::read(&file.text).code()).collect();
    let mut found = Vec::new();
    for file in below(SOURCES) {
        for (line, name, method) in public_async_functions(&file.text) {
            if !is_called(&tests, &file.path, &name, method) {
                let message = format!("no contract test in {TESTS} calls {name}");
                found.push(Finding::new(format!("{}:{line}", file.path), message));
            }
        }
    }
    found
}

/// Line, name, and whether it stands inside an `impl`.
fn public_async_functions(source: &str) -> Vec<(usize, String, bool)> {
    let code = RustText::read(source).code();
    let mut found = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let Some(after) = line.trim_start().strip_prefix(WORD) else { continue };
        let name: String = after.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        found.push((index + 1, name, line.starts_with(' ')));
    }
    found
}

/// A free function must be called with the name of its module (`tickets::list(`), or be imported
/// from it by name; a method with a dot or its type before it. The bare name would be found in
/// too many places.
fn is_called(tests: &str, path: &str, name: &str, method: bool) -> bool {
    let call = format!("{name}(");
    tests.match_indices(&call).any(|(at, _)| {
        let before = &tests[..at];
        if method {
            return before.ends_with('.') || before.ends_with("::");
        }
        let module = before.strip_suffix("::").map(|rest| {
            let start = rest.rfind(|c: char| !c.is_alphanumeric() && c != '_').map_or(0, |at| at + 1);
            &rest[start..]
        });
        module.is_some_and(|module| modules(path).any(|own| own == module))
    })
}

/// The names under which the functions of a file may be reached: `src/tickets/list.rs` → `list`,
/// `tickets`, `store`.
fn modules(path: &str) -> impl Iterator<Item = &str> {
    let inside = path.strip_prefix(SOURCES).unwrap_or(path);
    inside.strip_suffix(".rs").unwrap_or(inside).split('/').chain(["store"])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(source: &str, test: &str) -> Vec<Finding> {
        let file = |path: &str, text: &str| SourceFile { path: path.to_owned(), text: text.to_owned() };
        findings(&[file("crates/store/src/tickets.rs", source), file("crates/store/tests/contract.rs", test)])
    }

    const LIST: &str =
        "pub async fn list(tx: &mut Tx) {}\npub(crate) async fn hidden() {}\nasync fn own() {}\n";

    #[test]
    fn a_function_that_no_test_calls_is_found() {
        let found = found(LIST, "async fn t() { other::list(tx); // tickets::list(tx)\n list(tx) }");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].place, "crates/store/src/tickets.rs:1");
    }

    #[test]
    fn a_call_with_the_module_before_it_counts() {
        assert_eq!(found(LIST, "store::tickets::list(&mut tx).await"), []);
    }

    #[test]
    fn a_method_needs_its_dot_or_its_type() {
        let method = "impl Store {\n    pub async fn begin(&self) {}\n}\n";
        assert_eq!(found(method, "begin(x)").len(), 1);
        assert_eq!(found(method, "store.begin().await"), []);
        assert_eq!(found(method, "Store::begin(&store).await"), []);
    }
}
