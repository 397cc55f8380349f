//! Walks `corpus/`: every mail must read as its `.expected.json` says. (`samples/` are the mails of the demo desk.)

use serde_json::Value;
use std::path::{Path, PathBuf};

fn mails(folder: &Path, found: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() && path.file_name().is_some_and(|name| name != "samples") {
            mails(&path, found)?;
        } else if path.extension().is_some_and(|e| e == "eml") {
            found.push(path);
        }
    }
    Ok(())
}

/// What of `expected` is otherwise in `found`. Keys that are not expected are free; lists must be as long.
fn differences(place: &str, expected: &Value, found: &Value, wrong: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => {
            for (key, value) in expected {
                differences(&format!("{place}.{key}"), value, found.get(key).unwrap_or(&Value::Null), wrong);
            }
        }
        (Value::Array(expected), Value::Array(found)) if expected.len() == found.len() => {
            for (n, (expected, found)) in expected.iter().zip(found).enumerate() {
                differences(&format!("{place}[{n}]"), expected, found, wrong);
            }
        }
        (expected, found) if expected == found => {}
        (expected, found) => wrong.push(format!("{place}: expected {expected}, found {found}")),
    }
}

#[test]
fn every_mail_of_the_corpus_reads_as_it_should() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../corpus");
    let mut found = Vec::new();
    mails(&root, &mut found).unwrap();
    assert!(found.len() >= 15, "only {} mails in {}", found.len(), root.display());
    let mut wrong = Vec::new();
    for path in found {
        let expected = std::fs::read_to_string(path.with_extension("expected.json")).unwrap();
        let expected: Value = serde_json::from_str(&expected).unwrap();
        let explanation = mail::explain::explain("x.eml", &std::fs::read(&path).unwrap());
        let name = path.strip_prefix(&root).unwrap().display().to_string();
        differences(&name, &expected, &serde_json::to_value(&explanation).unwrap(), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_difference_would_be_seen() {
    let mut wrong = Vec::new();
    let (expected, found) =
        (serde_json::json!({"a": [{"b": 1}], "c": null}), serde_json::json!({"a": [{"b": 2}]}));
    differences("x", &expected, &found, &mut wrong);
    assert_eq!(wrong, ["x.a[0].b: expected 1, found 2"]);
}
