//! What parameters and bodies look like that the edge itself reads: the same in every operation, so said once.

use utoipa::openapi::RefOr;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::schema::{Object, ObjectBuilder, Schema, SchemaType, Type};

use crate::http::IDEMPOTENCY_KEY_LENGTH_MAX;

/// Longer than any cursor that is handed out.
const CURSOR_LENGTH_MAX: usize = 2048;

/// Completes the parameters and the body of an operation.
pub(super) fn complete(operation: &mut Operation) {
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content {
                say_not_null(&mut content.schema);
            }
        }
    }
    for parameter in operation.parameters.iter_mut().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        say_not_null(&mut parameter.schema);
        let name = parameter.name.to_lowercase();
        let shape = match (&parameter.parameter_in, name.as_str()) {
            (ParameterIn::Header, "idempotency-key") => idempotency_key(),
            (ParameterIn::Header, "if-match") => text(r#"^"?[0-9]+"?$"#, r#""7""#).build(),
            (ParameterIn::Query, "cursor") => text("^[A-Za-z0-9_-]+$", "q1xAY29uZ3JhdHVsYXRpb25z")
                .max_length(Some(CURSOR_LENGTH_MAX))
                .build(),
            (
                ParameterIn::Header
                | ParameterIn::Path
                | ParameterIn::Cookie
                | ParameterIn::Query
                | ParameterIn::QueryString,
                _,
            ) => continue,
        };
        parameter.schema = Some(RefOr::T(Schema::Object(shape)));
    }
}

/// What may be left out is never `null`, as the description of an option has it.
fn say_not_null(schema: &mut Option<RefOr<Schema>>) {
    let is_null = |item: &RefOr<Schema>| match item {
        RefOr::T(Schema::Object(object)) => matches!(object.schema_type, SchemaType::Type(Type::Null)),
        RefOr::T(_) | RefOr::Ref(_) => false,
    };
    if let Some(RefOr::T(Schema::OneOf(option))) = schema
        && option.items.iter().any(is_null)
    {
        option.items.retain(|item| !is_null(item));
        if let [only] = option.items.as_slice() {
            *schema = Some(only.clone());
        }
    }
}

fn text(pattern: &str, example: &str) -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .pattern(Some(pattern))
        .examples([serde_json::Value::from(example)])
}

fn idempotency_key() -> Object {
    text("^[!-~]([ -~]*[!-~])?$", "3f0c8b6e-6a0f-4c6e-9a44-0b6f1d2d9c11")
        .max_length(Some(IDEMPOTENCY_KEY_LENGTH_MAX))
        .build()
}
