//! What no annotation beside a handler can say of the OpenAPI document, said once for all of them.

use utoipa::openapi::{
    Content, OpenApi, PathItem, Ref, RefOr, Response, Schema, path::Operation, schema::ArrayItems,
};

const JSON: &str = "application/json";
const PROBLEM_JSON: &str = "application/problem+json";
const PROBLEM: &str = "#/components/schemas/Problem";

/// Problems have a media type of their own (RFC 9457), and a page names its items instead of repeating their shape.
pub fn finish(mut document: OpenApi) -> OpenApi {
    for item in document.paths.paths.values_mut() {
        operations(item).for_each(name_problems);
    }
    if let Some(components) = &mut document.components {
        components.schemas.iter_mut().for_each(|(name, schema)| name_items(name, schema));
    }
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem { get, put, post, patch, delete, .. } = item;
    [get, put, post, patch, delete].into_iter().flatten()
}

fn name_problems(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        let RefOr::T(Response { content, .. }) = response else { continue };
        if content.get(JSON).is_some_and(is_problem)
            && let Some(body) = content.shift_remove(JSON)
        {
            content.insert(PROBLEM_JSON.to_owned(), body);
        }
    }
}

fn is_problem(body: &RefOr<Content>) -> bool {
    let RefOr::T(body) = body else { return false };
    matches!(&body.schema, Some(RefOr::Ref(to)) if to.ref_location == PROBLEM)
}

fn name_items(name: &str, schema: &mut RefOr<Schema>) {
    let Some(item) = name.strip_prefix("Page_") else { return };
    let RefOr::T(Schema::Object(page)) = schema else { return };
    if let Some(RefOr::T(Schema::Array(items))) = page.properties.get_mut("items") {
        items.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(item))));
    }
}
