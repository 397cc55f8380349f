//! The OpenAPI document is committed; whoever changes the API sees the change in its diff. Clients are made from it, so
//! it says as much as the server promises.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::collections::BTreeSet;

use serde_json::Value;

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");

#[test]
fn the_committed_document_is_the_one_the_program_prints() {
    let now = server::router::openapi().to_pretty_json().unwrap() + "\n";
    let committed = std::fs::read_to_string(PLACE).unwrap_or_default();
    assert!(
        committed == now,
        "the API changed: run `henji openapi > docs/api/openapi.json` and look at the diff"
    );
}

fn document() -> Value {
    serde_json::to_value(server::router::openapi()).unwrap()
}

/// Every operation with its method and path.
fn operations(document: &Value) -> Vec<(String, &Value)> {
    let paths = document["paths"].as_object().unwrap();
    let of = |(path, item)| -> Vec<(String, &Value)> {
        let item: &Value = item;
        let methods = item.as_object().unwrap();
        methods.iter().map(|(method, operation)| (format!("{method} {path}"), operation)).collect()
    };
    paths.iter().flat_map(of).collect()
}

#[test]
fn every_operation_has_a_name_of_its_own_a_verb_and_a_noun() {
    let document = document();
    let mut seen = BTreeSet::new();
    for (place, operation) in operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(id.contains('_'), "{place}: say operation_id = \"verb_noun\" instead of {id}");
        assert!(seen.insert(id), "{place}: {id} is another operation's name");
    }
}

#[test]
fn problems_have_their_own_media_type() {
    let document = document();
    for (place, operation) in operations(&document) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let is_problem = status.starts_with(['4', '5']);
            let content = response["content"].as_object();
            let types: Vec<&String> = content.into_iter().flatten().map(|(name, _)| name).collect();
            let named = types.iter().any(|name| *name == "application/problem+json");
            assert_eq!(is_problem, named, "{place} {status}: {types:?}");
        }
    }
}

/// Names of the schemas that `value` leads to.
fn reached(document: &Value, value: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| reached(document, item, names)),
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(Value::as_str).and_then(|to| to.rsplit('/').next());
            if let Some(name) = name.filter(|name| names.insert((*name).to_owned())) {
                reached(document, &document["components"]["schemas"][name], names);
            }
            fields.values().for_each(|field| reached(document, field, names));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn what_an_answer_may_leave_empty_it_still_writes() {
    let document = document();
    let (mut asked, mut answered) = (BTreeSet::new(), BTreeSet::new());
    for (_, operation) in operations(&document) {
        reached(&document, &operation["requestBody"], &mut asked);
        reached(&document, &operation["responses"], &mut answered);
    }
    // A problem leaves out what it has nothing to say about.
    let apart = ["Problem", "FieldError"];
    for name in answered.difference(&asked).filter(|name| !apart.contains(&name.as_str())) {
        let schema = &document["components"]["schemas"][name.as_str()];
        let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
        for (field, shape) in schema["properties"].as_object().into_iter().flatten() {
            let may_be_null = shape.to_string().contains("\"null\"");
            let is_required = required.iter().any(|name| *name == field);
            assert!(is_required || !may_be_null, "{name}.{field}: say #[schema(required)]");
        }
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let document = document();
    let mut names = BTreeSet::new();
    reached(&document, &document["paths"], &mut names);
    for name in names {
        assert!(document["components"]["schemas"][&name].is_object(), "{name} is nowhere");
    }
}

#[test]
fn a_page_names_its_items() {
    let document = document();
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for (name, page) in schemas.iter().filter(|(name, _)| name.starts_with("Page_")) {
        let item = page["properties"]["items"]["items"]["$ref"].as_str().unwrap_or_default();
        let item = item.rsplit('/').next().unwrap_or_default();
        assert_eq!(format!("Page_{item}"), *name);
        assert!(schemas.contains_key(item), "{item} is nowhere");
    }
}
