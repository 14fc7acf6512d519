//! The readable page of a service's API, made from its OpenAPI document. No script, nothing from elsewhere.

use std::fmt::Write as _;

use axum::Router;
use axum::response::{Html, IntoResponse as _};
use axum::routing::get;
use http::header;
use serde_json::Value;

/// Adds `/v1/docs/<service>` and `/v1/docs/<service>/openapi.json` to a router.
pub fn docs(router: Router, service: &'static str, openapi: &'static str) -> Router {
    let json = async move || ([(header::CONTENT_TYPE, "application/json")], openapi).into_response();
    let page = async move || Html(page(service, openapi));
    router
        .route(&format!("/v1/docs/{service}"), get(page))
        .route(&format!("/v1/docs/{service}/openapi.json"), get(json))
}

/// The page that lists the services' pages.
#[must_use]
pub fn index(services: &[(&str, &str)]) -> String {
    let mut body = String::from("<h1>Tiffin API</h1><ul>");
    for (service, purpose) in services {
        append(
            &mut body,
            format_args!("<li><a href=\"docs/{service}\">{service}</a>: {}</li>", escape(purpose)),
        );
    }
    body.push_str("</ul>");
    frame("Tiffin API", &body)
}

fn page(service: &str, openapi: &str) -> String {
    let document: Value = serde_json::from_str(openapi).unwrap_or_default();
    let text = |value: &Value| escape(value.as_str().unwrap_or_default());
    let mut body = format!(
        "<p><a href=\"../docs\">All services</a> · <a href=\"{service}/openapi.json\">OpenAPI</a></p><h1>{}</h1><p>{}</p>",
        text(&document["info"]["title"]),
        text(&document["info"]["description"]),
    );
    for (path, operations) in document["paths"].as_object().into_iter().flatten() {
        for (method, operation) in operations.as_object().into_iter().flatten() {
            let lock = if operation["security"].as_array().is_some_and(|all| !all.is_empty()) {
                " 🔒"
            } else {
                ""
            };
            append(
                &mut body,
                format_args!(
                    "<section id=\"{}\"><h2><b>{}</b> <code>{}</code>{lock}</h2><p>{}</p><p>{}</p>",
                    text(&operation["operationId"]),
                    method.to_uppercase(),
                    escape(path),
                    text(&operation["summary"]),
                    text(&operation["description"]),
                ),
            );
            parameters(&mut body, &operation["parameters"]);
            let schema = &operation["requestBody"]["content"]["application/json"]["schema"];
            if !schema.is_null() {
                append(
                    &mut body,
                    format_args!("<h3>Body</h3><pre>{}</pre>", shape(&document, schema, 0)),
                );
            }
            responses(&mut body, &document, &operation["responses"]);
            body.push_str("</section>");
        }
    }
    frame(service, &body)
}

fn parameters(body: &mut String, parameters: &Value) {
    let Some(parameters) = parameters.as_array().filter(|list| !list.is_empty()) else {
        return;
    };
    body.push_str("<h3>Parameters</h3><ul>");
    for parameter in parameters {
        let text = |name: &str| escape(parameter[name].as_str().unwrap_or_default());
        append(
            body,
            format_args!(
                "<li><code>{}</code> ({}) {}</li>",
                text("name"),
                text("in"),
                text("description")
            ),
        );
    }
    body.push_str("</ul>");
}

fn responses(body: &mut String, document: &Value, responses: &Value) {
    body.push_str("<h3>Answers</h3>");
    for (status, response) in responses.as_object().into_iter().flatten() {
        let response = resolved(document, response);
        let description = escape(response["description"].as_str().unwrap_or_default());
        append(body, format_args!("<p><b>{}</b> {description}</p>", escape(status)));
        let schema = &response["content"]["application/json"]["schema"];
        if !schema.is_null() && status.starts_with('2') {
            append(body, format_args!("<pre>{}</pre>", shape(document, schema, 0)));
        }
    }
}

/// What a part of the document says, be it said in place or by reference.
fn resolved<'a>(document: &'a Value, part: &'a Value) -> &'a Value {
    let Some(reference) = part["$ref"].as_str() else {
        return part;
    };
    document
        .pointer(reference.trim_start_matches('#'))
        .unwrap_or(&Value::Null)
}

/// Nesting beyond this is cut: the OpenAPI document has the whole.
const SHAPE_DEPTH_MAX: usize = 6;

/// A schema as the JSON it describes, with types in place of values.
fn shape(document: &Value, schema: &Value, depth: usize) -> String {
    if depth > SHAPE_DEPTH_MAX {
        return "…".to_owned();
    }
    if schema["$ref"].is_string() {
        return shape(document, resolved(document, schema), depth + 1);
    }
    for (key, joint) in [("oneOf", " | "), ("anyOf", " | "), ("allOf", " & ")] {
        if let Some(choices) = schema[key].as_array() {
            let shapes: Vec<_> = choices
                .iter()
                .map(|choice| shape(document, choice, depth + 1))
                .collect();
            return shapes.join(joint);
        }
    }
    if let Some(values) = schema["enum"].as_array() {
        return values
            .iter()
            .map(|value| escape(&value.to_string()))
            .collect::<Vec<_>>()
            .join(" | ");
    }
    if let Some(properties) = schema["properties"].as_object() {
        let required = schema["required"].as_array().cloned().unwrap_or_default();
        let indent = "  ".repeat(depth + 1);
        let lines: Vec<_> = properties
            .iter()
            .map(|(name, property)| {
                let optional = if required.iter().any(|field| field == name) {
                    ""
                } else {
                    "?"
                };
                format!(
                    "{indent}{}{optional}: {}",
                    escape(name),
                    shape(document, property, depth + 1)
                )
            })
            .collect();
        return format!("{{\n{}\n{}}}", lines.join("\n"), "  ".repeat(depth));
    }
    if !schema["items"].is_null() {
        return format!("[{}]", shape(document, &schema["items"], depth));
    }
    if let Some(kinds) = schema["type"].as_array() {
        return kinds.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(" | ");
    }
    schema["type"].as_str().map_or_else(|| "any".to_owned(), escape)
}

fn append(body: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    if body.write_fmt(text).is_err() {
        tracing::debug!("a page could not be written");
    }
}

fn frame(title: &str, body: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <title>{}</title><style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;\
         color:#1b1b1b;background:#fffdf8}}section{{border-top:1px solid #ddd;padding:.5rem 0}}h2{{font-size:1.1rem}}\
         h2 b{{color:#b3470b}}h3{{font-size:.9rem;margin:.6rem 0 .2rem}}pre{{background:#f4efe6;padding:.7rem;\
         overflow:auto;border-radius:6px;font-size:.85rem}}p{{margin:.3rem 0}}</style><body>{body}</body></html>",
        escape(title)
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_operations_and_escapes() {
        let openapi = r##"{"info": {"title": "Order <API>"}, "paths": {"/v1/orders": {"post": {"operationId": "place_order",
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Place"}}}},
            "responses": {"201": {"description": "Placed"}, "503": {"$ref": "#/components/responses/Unavailable"}}}}},
            "components": {"responses": {"Unavailable": {"description": "Try again"}}, "schemas": {"Place": {"type": "object", "required": ["quote_id"],
            "properties": {"quote_id": {"type": "string"}, "note": {"type": "string"}}}}}}"##;
        let page = page("order", openapi);
        for part in [
            "Order &lt;API&gt;",
            "<b>POST</b> <code>/v1/orders</code>",
            "quote_id: string",
            "note?: string",
            "<p><b>201</b> Placed</p>",
            "<p><b>503</b> Try again</p>",
        ] {
            assert!(page.contains(part), "{part} in {page}");
        }
    }
}
