//! `henji openapi`: prints the OpenAPI document; on one line with `--json`.

use super::output::print;
use crate::failure::Failure;

pub(super) fn run(as_json: bool) -> Result<(), Failure> {
    let document = server::router::openapi();
    let text = if as_json { document.to_json() } else { document.to_pretty_json() };
    print(&text.map_err(Failure::other)?)
}
