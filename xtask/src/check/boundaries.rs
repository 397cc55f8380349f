//! Which crate may use which (the arrows of ARCHITECTURE.md), and what the pure crates may never
//! see, however many steps away.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};
use serde_json::Value;

use super::Finding;

/// A crate of ours and the crates of ours that it may use. Whatever lies upstream of a neighbour
/// may be used directly too; nothing else.
const ARROWS: [(&str, &[&str]); 8] = [
    ("japanese", &[]),
    ("mail", &["japanese"]),
    ("desk", &["japanese", "mail"]),
    ("store", &["japanese", "mail", "desk"]),
    ("channels", &["japanese", "mail"]),
    ("server", &["japanese", "mail", "desk", "store", "channels"]),
    ("henji", &["japanese", "mail", "desk", "store", "channels", "server"]),
    ("xtask", &[]),
];

/// Knowledge and decisions: no I/O can be started from here by accident.
const PURE: [&str; 3] = ["japanese", "mail", "desk"];
const NEVER_UNDER_PURE: [&str; 6] = ["tokio", "sqlx", "reqwest", "axum", "lettre", "hyper"];

/// Asks cargo how the crates hang together and compares.
pub fn look(root: &Path) -> anyhow::Result<Vec<Finding>> {
    let output = Command::new("cargo")
        .args(["metadata", "--format-version", "1"])
        .current_dir(root)
        .output()
        .context("cargo can't be started")?;
    if !output.status.success() {
        bail!("cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let metadata: Value = serde_json::from_slice(&output.stdout)?;
    Ok(findings(&Graph::read(&metadata)))
}

/// Names of crates and what they use.
struct Graph {
    /// Crates of the workspace → everything they name in their `Cargo.toml`, tests included.
    declared: BTreeMap<String, BTreeSet<String>>,
    /// Crates of the workspace → every crate that is built into them, however deep, tests excluded.
    built_in: BTreeMap<String, BTreeSet<String>>,
}

impl Graph {
    fn read(metadata: &Value) -> Self {
        let names: BTreeMap<&str, &str> = list(&metadata["packages"])
            .filter_map(|package| Some((text(package, "id")?, text(package, "name")?)))
            .collect();
        let members: BTreeSet<&str> =
            list(&metadata["workspace_members"]).filter_map(Value::as_str).collect();
        let uses: BTreeMap<&str, Vec<&str>> = list(&metadata["resolve"]["nodes"])
            .filter_map(|node| Some((text(node, "id")?, built_dependencies(node))))
            .collect();
        let ours = list(&metadata["packages"])
            .filter(|package| text(package, "id").is_some_and(|id| members.contains(id)));
        let mut graph = Self { declared: BTreeMap::new(), built_in: BTreeMap::new() };
        for package in ours {
            let (Some(id), Some(name)) = (text(package, "id"), text(package, "name")) else { continue };
            let declared = list(&package["dependencies"]).filter_map(|used| text(used, "name"));
            graph.declared.insert(name.to_owned(), declared.map(str::to_owned).collect());
            let deep = reachable(id, &uses).into_iter().filter_map(|id| names.get(id));
            graph.built_in.insert(name.to_owned(), deep.map(|name| (*name).to_owned()).collect());
        }
        graph
    }
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn text<'a>(value: &'a Value, key: &str) -> Option<&'a str> {
    value[key].as_str()
}

/// What a node uses when it is built for others: not what only its tests use.
fn built_dependencies(node: &Value) -> Vec<&str> {
    let only_tests = |used: &Value| list(&used["dep_kinds"]).all(|kind| kind["kind"].as_str() == Some("dev"));
    list(&node["deps"]).filter(|used| !only_tests(used)).filter_map(|used| text(used, "pkg")).collect()
}

fn reachable<'a>(from: &'a str, uses: &BTreeMap<&'a str, Vec<&'a str>>) -> BTreeSet<&'a str> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from];
    while let Some(id) = open.pop() {
        for next in uses.get(id).into_iter().flatten() {
            if seen.insert(*next) {
                open.push(next);
            }
        }
    }
    seen
}

fn findings(graph: &Graph) -> Vec<Finding> {
    let mut found = Vec::new();
    let ours: BTreeSet<&str> = graph.declared.keys().map(String::as_str).collect();
    for (name, uses) in &graph.declared {
        let Some((_, allowed)) = ARROWS.iter().find(|(crate_name, _)| crate_name == name) else {
            found.push(Finding::new(
                name,
                "a new crate: draw its arrows in ARCHITECTURE.md and in xtask first",
            ));
            continue;
        };
        for used in uses.iter().filter(|used| ours.contains(used.as_str())) {
            if !allowed.contains(&used.as_str()) {
                found.push(Finding::new(
                    name,
                    format!("may not use {used}: the arrow is not in ARCHITECTURE.md"),
                ));
            }
        }
    }
    for name in PURE {
        let direct = graph.declared.get(name).into_iter().flatten();
        let deep = graph.built_in.get(name).into_iter().flatten();
        let seen: BTreeSet<&String> = direct.chain(deep).collect();
        for never in seen.iter().filter(|used| is_io(used)) {
            found.push(Finding::new(
                name,
                format!("is pure and may not see {never}, not even through others"),
            ));
        }
    }
    found
}

/// The crate itself or one of its family (`sqlx-core`, `tokio-util`).
fn is_io(name: &str) -> bool {
    NEVER_UNDER_PURE.iter().any(|never| name.split('-').next() == Some(never))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn node(id: &str, deps: &[(&str, &str)]) -> Value {
        let kind = |kind: &str| if kind == "dev" { json!("dev") } else { Value::Null };
        let deps: Vec<_> =
            deps.iter().map(|(pkg, k)| json!({"pkg": pkg, "dep_kinds": [{"kind": kind(k)}]})).collect();
        json!({"id": id, "deps": deps})
    }

    fn package(name: &str, uses: &[&str]) -> Value {
        let uses: Vec<_> = uses.iter().map(|name| json!({"name": name})).collect();
        json!({"id": name, "name": name, "dependencies": uses})
    }

    /// `desk → jiff → (helper of jiff)`, `store → desk`, and one more use for the test.
    fn found(who: &str, uses: &str, helper_of_jiff: &str, kind: &str) -> Vec<String> {
        let mut own =
            BTreeMap::from([("desk", vec!["jiff"]), ("store", vec!["desk", "sqlx"]), ("channels", vec![])]);
        own.entry(who).or_default().push(uses);
        let mut packages: Vec<_> = own.iter().map(|(name, uses)| package(name, uses)).collect();
        packages.extend([package("jiff", &[]), package("sqlx", &[]), package(helper_of_jiff, &[])]);
        let mut nodes: Vec<_> = own
            .iter()
            .map(|(name, uses)| node(name, &uses.iter().map(|used| (*used, "normal")).collect::<Vec<_>>()))
            .collect();
        nodes.push(node("jiff", &[(helper_of_jiff, kind)]));
        let metadata = json!({"packages": packages, "resolve": {"nodes": nodes},
            "workspace_members": own.keys().collect::<Vec<_>>()});
        findings(&Graph::read(&metadata)).into_iter().map(|f| format!("{} {}", f.place, f.message)).collect()
    }

    #[test]
    fn the_drawn_arrows_are_fine() {
        assert_eq!(found("store", "desk", "memchr", "normal"), Vec::<String>::new());
    }

    #[test]
    fn an_arrow_that_is_not_drawn_is_found() {
        let found = found("channels", "store", "memchr", "normal");
        assert!(found[0].starts_with("channels may not use store"), "{found:?}");
    }

    #[test]
    fn a_pure_crate_that_names_sqlx_is_found() {
        let found = found("desk", "sqlx", "memchr", "normal");
        assert!(found[0].starts_with("desk is pure and may not see sqlx"), "{found:?}");
    }

    #[test]
    fn tokio_is_found_behind_another_crate_but_not_behind_its_tests() {
        assert!(found("desk", "jiff", "tokio-util", "normal")[0].contains("tokio-util"));
        assert_eq!(found("desk", "jiff", "tokio", "dev"), Vec::<String>::new());
    }

    #[test]
    fn a_crate_that_nobody_drew_is_found() {
        assert!(found("helpers", "memchr", "memchr", "normal")[0].contains("a new crate"));
    }
}
