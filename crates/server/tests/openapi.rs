//! The OpenAPI document is committed; whoever changes the API sees the change in its diff.

const PLACE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/api/openapi.json");

#[test]
fn the_committed_document_is_the_one_the_program_prints() {
    let now = server::router::openapi().to_pretty_json().expect("the document is JSON") + "\n";
    let committed = std::fs::read_to_string(PLACE).unwrap_or_default();
    assert!(
        committed == now,
        "the API changed: run `henji openapi > docs/api/openapi.json` and look at the diff"
    );
}
