//! The OpenAPI documents, held against everything that is asked and answered: no test passes on an answer that the
//! documents do not describe, and what a service accepts, they allow.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use client::{Reply, SERVICES};
use jsonschema::Validator;
use serde_json::{Map, Value, json};

const JSON: &str = "application/json";
const PROBLEM: &str = "application/problem+json";
/// The vendor extension for a list of words that may grow without a new version.
const GROWING_WORDS: &str = "x-extensible-enum";

/// The documents of all services.
pub struct Documents(Vec<Document>);

struct Document(Value);

/// An operation that a request calls.
struct Operation<'a> {
    document: &'a Value,
    value: &'a Value,
}

impl Documents {
    /// Those of the sources that the tests were built from.
    ///
    /// # Panics
    /// When one cannot be read.
    pub fn get() -> &'static Self {
        static DOCUMENTS: OnceLock<Documents> = OnceLock::new();
        DOCUMENTS.get_or_init(|| {
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../functions");
            let read = |service: &str| {
                let path = root.join(service).join("openapi.json");
                let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
                let document = serde_json::from_str(&text);
                Document(document.unwrap_or_else(|error| panic!("{}: {error}", path.display())))
            };
            Self(SERVICES.map(read).into())
        })
    }

    /// What the documents do not say of an answer to a request; nothing if all is as they say.
    ///
    /// What the gateway refuses by itself, before any service has seen it, is its own: an object with a `message` alone. So
    /// is what it says of a function that did not answer: a service's own failures have a code.
    #[must_use]
    pub fn complaint(&self, method: &str, path: &str, body: &[u8], reply: &Reply) -> Option<String> {
        let is_gateways = reply.status >= 400 && reply.body.as_object().is_some_and(|body| body.keys().eq(["message"]));
        let is_unanswered = reply.status >= 500 && reply.body["code"].is_null();
        if is_gateways || is_unanswered {
            return None;
        }
        let Some(operation) = self.operation(method, path) else {
            return (reply.status < 400).then(|| "no document knows the operation".to_owned());
        };
        operation
            .complaint_of_answer(reply)
            .or_else(|| operation.complaint_of_request(body, reply))
    }

    /// The operation of a path; of two that fit, the one with fewer parameters.
    fn operation(&self, method: &str, path: &str) -> Option<Operation<'_>> {
        let path = path.split('?').next().unwrap_or_default();
        let all = self.0.iter().flat_map(|Document(document)| {
            let paths = document["paths"].as_object().into_iter().flatten();
            paths.map(move |(template, methods)| (document, template, methods))
        });
        let fitting = all.filter_map(|(document, template, methods)| {
            let value = methods.get(method.to_lowercase())?;
            Some((parameters_if_fits(template, path)?, Operation { document, value }))
        });
        fitting
            .min_by_key(|(parameters, _)| *parameters)
            .map(|(_, operation)| operation)
    }
}

/// How many parameters a path has by a template; nothing if it does not fit.
fn parameters_if_fits(template: &str, path: &str) -> Option<usize> {
    let (mut parts, mut parameters) = (path.split('/'), 0);
    for expected in template.split('/') {
        let part = parts.next()?;
        if expected.starts_with('{') && !part.is_empty() {
            parameters += 1;
        } else if expected != part {
            return None;
        }
    }
    parts.next().is_none().then_some(parameters)
}

impl Operation<'_> {
    fn complaint_of_answer(&self, reply: &Reply) -> Option<String> {
        let name = self.value["operationId"].as_str().unwrap_or_default();
        let response = self.resolved(&self.value["responses"][reply.status.to_string()]);
        if response.is_null() {
            return Some(format!("{name} does not declare {}", reply.status));
        }
        let Some(content) = response["content"].as_object().filter(|content| !content.is_empty()) else {
            let is_said = reply.text.is_empty();
            return (!is_said).then(|| format!("{name} declares no content of {}", reply.status));
        };
        let media_type = reply.header("content-type").unwrap_or_default();
        let media_type = media_type.split(';').next().unwrap_or_default().trim();
        let Some(declared) = content.get(media_type) else {
            return Some(format!("{name} does not declare {media_type:?} of {}", reply.status));
        };
        if media_type == PROBLEM
            && let Some(complaint) =
                undeclared_code(name, response, reply).or_else(|| self.undeclared_field_code(name, response, reply))
        {
            return Some(complaint);
        }
        if ![JSON, PROBLEM].contains(&media_type) {
            return None;
        }
        let schema = closed(&declared["schema"]);
        self.first_error(&schema, &reply.body)
            .map(|error| format!("{name} does not describe its {}: {error}", reply.status))
    }

    /// The code of a value within the body stands in the operation's description, or is one that any body's value may have.
    /// What is refused for another reason than the body names those of what the body once referred to.
    fn undeclared_field_code(&self, name: &str, response: &Value, reply: &Reply) -> Option<String> {
        let codes = reply.body["errors"].as_array().into_iter().flatten();
        let of_any = &self.document["components"]["schemas"]["FieldError"]["properties"]["code"];
        let is_listed = |code: &str| {
            of_any[GROWING_WORDS]
                .as_array()
                .is_some_and(|all| all.iter().any(|listed| listed == code))
        };
        let is_of_body = reply.status == 422;
        let is_unnamed =
            |code: &&str| !names(response, code) && !names(of_any, code) && (is_of_body || !is_listed(code));
        let code = codes.filter_map(|error| error["code"].as_str()).find(is_unnamed)?;
        Some(format!(
            "{name} does not name {code:?} of a value where it declares {}",
            reply.status
        ))
    }

    /// What was accepted must be allowed.
    fn complaint_of_request(&self, body: &[u8], reply: &Reply) -> Option<String> {
        let schema = &self.value["requestBody"]["content"][JSON]["schema"];
        if reply.status >= 400 || schema.is_null() {
            return None;
        }
        let body: Value = serde_json::from_slice(body).ok()?;
        let name = self.value["operationId"].as_str().unwrap_or_default();
        self.first_error(schema, &body)
            .map(|error| format!("{name} accepts what it does not allow: {error}"))
    }

    fn resolved<'a>(&'a self, value: &'a Value) -> &'a Value {
        let place = value["$ref"].as_str().and_then(|place| place.strip_prefix('#'));
        place.map_or(value, |place| self.document.pointer(place).unwrap_or(&Value::Null))
    }

    fn first_error(&self, schema: &Value, value: &Value) -> Option<String> {
        let errors: Vec<String> = self
            .validator(schema)
            .iter_errors(value)
            .take(3)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        (!errors.is_empty()).then(|| errors.join("; "))
    }

    fn validator(&self, schema: &Value) -> Arc<Validator> {
        let title = self.document["info"]["title"].as_str().unwrap_or_default();
        let key = format!("{title} {schema}");
        let mut known = VALIDATORS.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = known.entry(key).or_insert_with(|| {
            let mut whole = json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "allOf": [schema]});
            whole["components"] = self.document["components"].clone();
            if let Some(schemas) = whole["components"]["schemas"].as_object_mut() {
                schemas
                    .values_mut()
                    .for_each(|schema| *schema = with_closed_members(schema));
            }
            let built = jsonschema::options().should_validate_formats(true).build(&whole);
            Arc::new(built.unwrap_or_else(|error| panic!("{title}: {error}")))
        });
        Arc::clone(validator)
    }
}

/// Made once for each schema, which takes longer than all it is then asked.
static VALIDATORS: Mutex<BTreeMap<String, Arc<Validator>>> = Mutex::new(BTreeMap::new());

/// A refusal's code stands in its description, as code: that is where a client's author looks for it.
fn undeclared_code(name: &str, response: &Value, reply: &Reply) -> Option<String> {
    let code = reply.body["code"].as_str().unwrap_or_default();
    (!names(response, code)).then(|| format!("{name} does not name {code:?} where it declares {}", reply.status))
}

/// Whether the description of a response has a word as code.
fn names(response: &Value, word: &str) -> bool {
    let description = response["description"].as_str().unwrap_or_default();
    description.split('`').skip(1).step_by(2).any(|code| code == word)
}

/// A schema whose objects have no members but those that are described. Where the schema is used, not where it is
/// defined: a definition may be one part of several.
pub(crate) fn closed(schema: &Value) -> Value {
    let mut schema = with_closed_members(schema);
    let describes = ["properties", "$ref", "allOf", "oneOf", "anyOf"];
    if let Some(members) = schema.as_object_mut()
        && describes.iter().any(|keyword| members.contains_key(*keyword))
        && !members.contains_key("additionalProperties")
    {
        members.insert("unevaluatedProperties".to_owned(), Value::Bool(false));
    }
    schema
}

/// A schema whose own members are closed, and all within them. A list of words that may grow is closed, too: what is sent
/// today is listed today. Where a pattern stands beside it, others choose the words.
pub(crate) fn with_closed_members(schema: &Value) -> Value {
    let Some(members) = schema.as_object() else {
        return schema.clone();
    };
    let member = |(keyword, value): (&String, &Value)| {
        let value = match (keyword.as_str(), value) {
            ("properties" | "patternProperties", Value::Object(all)) => {
                let closed = all.iter().map(|(name, schema)| (name.clone(), closed(schema)));
                Value::Object(closed.collect::<Map<_, _>>())
            }
            ("items" | "additionalProperties", schema) => closed(schema),
            ("allOf" | "oneOf" | "anyOf", Value::Array(parts)) => parts.iter().map(with_closed_members).collect(),
            (_, value) => value.clone(),
        };
        (keyword.clone(), value)
    };
    let mut closed: Map<String, Value> = members.iter().map(member).collect();
    if let Some(words) = members.get(GROWING_WORDS)
        && !members.contains_key("pattern")
    {
        closed.insert("enum".to_owned(), words.clone());
    }
    Value::Object(closed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reply(status: u16, body: &Value) -> Reply {
        let media_type = if status < 400 { JSON } else { PROBLEM };
        Reply {
            request: String::new(),
            sent: String::new(),
            status,
            headers: vec![("content-type".to_owned(), media_type.to_owned())],
            body: body.clone(),
            text: body.to_string(),
        }
    }

    fn documents() -> Documents {
        let answer =
            json!({"description": "It", "content": {JSON: {"schema": {"$ref": "#/components/schemas/Whole"}}}});
        let refusal = json!({"description": "`not_found`", "content": {PROBLEM: {"schema": {}}}});
        let request =
            json!({"content": {JSON: {"schema": {"type": "object", "properties": {"name": {"maxLength": 3}}}}}});
        let operation =
            json!({"operationId": "get", "requestBody": request, "responses": {"200": answer, "404": refusal}});
        let part = json!({"type": "object", "properties": {"id": {"type": "string"}}});
        let own = json!({"type": "object", "properties": {"size": {"type": "integer"}, "part": {"$ref": "#/components/schemas/Part"}}});
        let whole = json!({"allOf": [{"$ref": "#/components/schemas/Part"}, own]});
        Documents(vec![Document(json!({
            "paths": {"/v1/things/{id}": {"get": operation}, "/v1/things/mine": {"get": {"operationId": "mine", "responses": {}}}},
            "components": {"schemas": {"Part": part, "Whole": whole}},
        }))])
    }

    fn complaint(path: &str, body: &[u8], status: u16, answer: &Value) -> Option<String> {
        documents().complaint("GET", path, body, &reply(status, answer))
    }

    #[test]
    fn what_is_described_is_no_complaint() {
        let answer = json!({"id": "1", "size": 2, "part": {"id": "2"}});
        assert_eq!(complaint("/v1/things/1?full=yes", b"", 200, &answer), None);
        assert_eq!(complaint("/v1/things/1", b"", 404, &json!({"code": "not_found"})), None);
        assert_eq!(
            complaint("/v1/things/1", b"", 503, &json!({"message": "Service Unavailable"})),
            None
        );
    }

    #[test]
    fn a_member_that_is_not_described_is_found_wherever_it_is() {
        for answer in [
            json!({"id": "1", "more": 2}),
            json!({"part": {"id": "2", "more": 2}}),
            json!({"size": "2"}),
        ] {
            let found = complaint("/v1/things/1", b"", 200, &answer).unwrap();
            assert!(found.starts_with("get does not describe its 200"), "{found}");
        }
    }

    #[test]
    fn a_status_a_code_and_a_request_that_are_not_declared_are_found() {
        assert_eq!(
            complaint("/v1/things/1", b"", 201, &json!({})).unwrap(),
            "get does not declare 201"
        );
        let found = complaint("/v1/things/1", b"", 404, &json!({"code": "gone"})).unwrap();
        assert_eq!(found, "get does not name \"gone\" where it declares 404");
        let refused = json!({"code": "not_found", "errors": [{"code": "too_long"}]});
        assert_eq!(
            complaint("/v1/things/1", b"", 404, &refused).unwrap(),
            "get does not name \"too_long\" of a value where it declares 404"
        );
        let found = complaint("/v1/things/1", br#"{"name": "long"}"#, 200, &json!({})).unwrap();
        assert!(found.starts_with("get accepts what it does not allow"), "{found}");
        assert_eq!(
            complaint("/v1/things/mine", b"", 200, &json!({})).unwrap(),
            "mine does not declare 200"
        );
        assert_eq!(
            complaint("/v1/others", b"", 200, &json!({})).unwrap(),
            "no document knows the operation"
        );
    }
}
