//! The OpenAPI document of a service: generated from its handlers, committed, and compared by a test.

use std::path::Path;

use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Info, OpenApi};

/// The name under which operations demand the access token: `security(("token" = []))`.
pub const TOKEN: &str = "token";

/// An empty document for a service to add its operations to.
#[must_use]
pub fn document(title: &str, description: &str) -> OpenApi {
    let mut info = Info::new(title, "1");
    info.description = Some(description.to_owned());
    let scheme = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    let mut document = OpenApi::new(info, utoipa::openapi::Paths::new());
    document
        .components
        .get_or_insert_default()
        .add_security_scheme(TOKEN, SecurityScheme::Http(scheme));
    document
}

/// Compares a document with the committed file, which `UPDATE_OPENAPI=1` writes anew.
///
/// # Errors
/// When they differ: says what to do.
pub fn check(committed: &Path, document: &OpenApi) -> Result<(), String> {
    let current = document.to_pretty_json().map_err(|error| error.to_string())? + "\n";
    if std::env::vars().any(|(name, value)| name == "UPDATE_OPENAPI" && value == "1") {
        return std::fs::write(committed, current).map_err(|error| error.to_string());
    }
    let known = std::fs::read_to_string(committed).unwrap_or_default();
    if known == current {
        return Ok(());
    }
    let place = known
        .lines()
        .zip(current.lines())
        .position(|(old, new)| old != new)
        .map_or(0, |line| line + 1);
    let file = committed.display();
    Err(format!(
        "{file} is not what the handlers say (first at line {place}): run with UPDATE_OPENAPI=1 and commit it"
    ))
}
