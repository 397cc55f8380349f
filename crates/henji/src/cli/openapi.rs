//! `henji openapi`: prints the OpenAPI document.

use crate::failure::Failure;

pub(super) fn run() -> Result<(), Failure> {
    println!("{}", server::router::openapi().to_pretty_json().map_err(Failure::other)?);
    Ok(())
}
