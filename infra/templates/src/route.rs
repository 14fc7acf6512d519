//! The routes of a service: one for each operation of its OpenAPI document, those for other services, and those of the documents themselves.

use serde_json::Value;

use crate::description::Description;
use crate::{Error, capitalized};

/// The documents are public, whoever the service is for.
const DOCUMENTATION: &str = "The documentation of the API is public.";

/// A route of the gateway.
#[derive(Debug)]
pub struct Route {
    /// The first part of its logical id.
    pub id: String,
    /// Method and path.
    pub key: String,
    pub gate: Gate,
}

/// Who may come through a route.
#[derive(Debug)]
pub enum Gate {
    /// Everyone, for this reason.
    Everyone(String),
    /// Who has a token.
    Token,
    /// Other services, which sign their requests.
    Services,
}

/// The routes of a service, those of its operations in the order of their paths.
///
/// # Errors
/// When an operation is public and the description does not say why.
pub fn routes(service: &str, described: &Description, openapi: &Value) -> Result<Vec<Route>, Error> {
    let mut routes = Vec::new();
    for (path, methods) in openapi["paths"].as_object().into_iter().flatten() {
        for (method, operation) in methods.as_object().into_iter().flatten() {
            let Some(name) = operation["operationId"].as_str() else {
                continue;
            };
            let known = described.route_ids.get(name);
            routes.push(Route {
                id: known
                    .cloned()
                    .unwrap_or_else(|| name.split('_').map(capitalized).collect()),
                key: format!("{} {path}", method.to_uppercase()),
                gate: gate(name, described, operation)?,
            });
        }
    }
    let internal = described.internal.iter();
    routes.extend(internal.map(|(id, key)| Route {
        id: id.clone(),
        key: key.clone(),
        gate: Gate::Services,
    }));
    let documents = [("Docs", ""), ("OpenApi", "/openapi.json")];
    routes.extend(documents.map(|(id, path)| Route {
        id: id.to_owned(),
        key: format!("GET /v1/docs/{service}{path}"),
        gate: Gate::Everyone(DOCUMENTATION.to_owned()),
    }));
    Ok(routes)
}

fn gate(name: &str, described: &Description, operation: &Value) -> Result<Gate, Error> {
    let ways_in = operation["security"].as_array().into_iter().flatten();
    let by = |scheme: &str| ways_in.clone().any(|way| way[scheme].is_array());
    if by("signature") {
        Ok(Gate::Services)
    } else if by("token") {
        Ok(Gate::Token)
    } else {
        let because = described.public.clone();
        because
            .map(Gate::Everyone)
            .ok_or_else(|| Error::PublicWithoutReason(name.to_owned()))
    }
}
