//! What the edge itself answers, added to every operation: handlers say what is theirs.
//!
//! In the description of a refusal, code stands for what a problem's `code` may be there: programs tell refusals apart by
//! it, so each is named where it happens, and all of them in the problem's schema.

use std::collections::BTreeSet;

use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{
    Components, ContentBuilder, Header, HeaderBuilder, OpenApi, PathItem, Ref, RefOr, Required, Response,
    ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema};

use super::parameters;
use super::shapes::WORDS;

/// The media type of a problem: RFC 9457.
const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";
/// What comes after this in a refusal's description is said of `errors[].code`.
const OF_FIELDS: &str = "In _errors_:";

/// The schema of what is wrong with a value.
const FIELD_ERROR: &str = "FieldError";

/// What `errors[].code` may be in any body: what is said of a value by its type alone.
const FIELD_CODES: [&str; 8] = [
    "invalid",
    "invalid_time",
    "not_an_object",
    "out_of_range",
    "text_control_character",
    "text_empty",
    "text_too_long",
    "text_too_many_marks",
];

/// What the gateway says when it refuses a request by itself.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the gateway writes it; here it is only described")]
struct GatewayRefusal {
    /// Why, for people.
    #[schema(example = "Unauthorized")]
    message: String,
}

/// What an operation takes that the edge may refuse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Path,
    Token,
    Query,
    Cursor,
    /// Whatever its type.
    Body,
    /// A body that must be JSON, and is read.
    Json,
    IdempotencyKey,
    Version,
}

/// A refusal of the edge: its status, its code, and of which part; of any operation if of none.
type Refusal = (&'static str, &'static str, Option<Part>);

const REFUSALS: [Refusal; 17] = [
    ("400", "malformed_json", Some(Part::Json)),
    ("400", "body_incomplete", Some(Part::Body)),
    ("400", "invalid_query", Some(Part::Query)),
    ("400", "invalid_cursor", Some(Part::Cursor)),
    ("400", "idempotency_key_missing", Some(Part::IdempotencyKey)),
    ("400", "idempotency_key_invalid", Some(Part::IdempotencyKey)),
    ("401", "unauthorized", Some(Part::Token)),
    ("405", "method_not_allowed", Some(Part::Path)),
    ("409", "request_in_progress", Some(Part::IdempotencyKey)),
    ("412", "stale", Some(Part::Version)),
    ("413", "body_too_large", Some(Part::Body)),
    ("415", "unsupported_media_type", Some(Part::Json)),
    ("422", "invalid_body", Some(Part::Json)),
    ("422", "idempotency_key_reused", Some(Part::IdempotencyKey)),
    ("428", "if_match_missing", Some(Part::Version)),
    ("429", "too_many_requests", None),
    ("503", "unavailable", None),
];

/// A status whose refusals the documents share: its name among the components, and what it means.
type Shared = (&'static str, &'static str, &'static str);

const SHARED: [Shared; 11] = [
    ("400", "BadRequest", "The request cannot be read"),
    ("401", "Unauthorized", "No access token, or one that has ended"),
    (
        "405",
        "MethodNotAllowed",
        "What stands in the place of an id makes another path of it",
    ),
    (
        "409",
        "InProgress",
        "The same request is being worked on: repeat it in a moment",
    ),
    (
        "412",
        "Stale",
        "Changed since it was read: read it again and repeat the change",
    ),
    ("413", "BodyTooLarge", "The body is too large"),
    ("415", "UnsupportedMediaType", "Send JSON"),
    (
        "422",
        "InvalidBody",
        "Values that cannot be accepted; _errors_ lists them, by place",
    ),
    (
        "428",
        "VersionMissing",
        "Send _If-Match_ with the version that was read",
    ),
    (
        "429",
        "TooManyRequests",
        "Too often: wait as long as _Retry-After_ says",
    ),
    ("503", "Unavailable", "The same again may work in a moment"),
];

/// Where the gateway refuses by itself, before the service has seen the request; its answer is no problem.
const BY_GATEWAY: [&str; 4] = ["401", "413", "429", "503"];

/// What a refusal means for which an operation names no code.
const USUAL: [(&str, &str); 2] = [("403", "forbidden"), ("404", "not_found")];

/// Completes a document.
pub(super) fn complete(document: &mut OpenApi) {
    let mut codes = BTreeSet::new();
    let mut field_codes: BTreeSet<String> = FIELD_CODES.map(str::to_owned).into();
    let mut referred = BTreeSet::new();
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        parameters::complete(operation);
        let taken = parts(operation);
        let responses = &mut operation.responses.responses;
        for (status, response) in responses.iter_mut() {
            say_problem(response);
            if let (Some((_, code)), RefOr::T(response)) = (USUAL.iter().find(|(usual, _)| usual == status), response)
                && named(&response.description).is_empty()
            {
                response.description = format!("`{code}`: {}", response.description);
            }
        }
        for shared @ (status, name, _) in SHARED {
            let happening: Vec<&str> = REFUSALS
                .iter()
                .filter(|(refused, _, part)| *refused == status && part.is_none_or(|part| taken.contains(&part)))
                .map(|(_, code, _)| *code)
                .collect();
            if happening.is_empty() {
                continue;
            }
            match responses.get_mut(status) {
                Some(RefOr::T(response)) if says_more(response, shared) => {
                    add(response, &happening);
                    add_gateways(response, status);
                }
                Some(_) | None => {
                    responses.insert(status.to_owned(), RefOr::Ref(Ref::from_response_name(name)));
                    referred.insert(name);
                }
            }
        }
        for (_, response) in responses.iter().filter(|(status, _)| is_refusal(status)) {
            if let RefOr::T(response) = response {
                codes.extend(named(&response.description));
                field_codes.extend(named_of_fields(&response.description));
            }
        }
    }
    let components = document.components.get_or_insert_default();
    components
        .schemas
        .insert("GatewayRefusal".to_owned(), GatewayRefusal::schema());
    for shared in SHARED.into_iter().filter(|(_, name, _)| referred.contains(name)) {
        codes.extend(codes_of(shared.0).map(str::to_owned));
        define(components, shared);
    }
    list(components, "Problem", codes);
    list(components, FIELD_ERROR, field_codes);
}

fn parts(operation: &Operation) -> Vec<Part> {
    let mut parts = Vec::new();
    if operation.security.as_ref().is_some_and(|security| !security.is_empty()) {
        parts.push(Part::Token);
    }
    let is_json = |body: &RefOr<RequestBody>| match body {
        RefOr::T(body) => body.content.contains_key(JSON),
        RefOr::Ref(_) => true,
    };
    if let Some(body) = &operation.request_body {
        parts.push(Part::Body);
        parts.extend(is_json(body).then_some(Part::Json));
    }
    for parameter in operation.parameters.iter().flatten() {
        let RefOr::T(parameter) = parameter else { continue };
        match (&parameter.parameter_in, parameter.name.to_lowercase().as_str()) {
            (ParameterIn::Query, "cursor") => parts.extend([Part::Query, Part::Cursor]),
            (ParameterIn::Query | ParameterIn::QueryString, _) => parts.push(Part::Query),
            (ParameterIn::Header, "idempotency-key") => parts.push(Part::IdempotencyKey),
            (ParameterIn::Header, "if-match") if parameter.required == Required::True => parts.push(Part::Version),
            (ParameterIn::Path, _) => parts.push(Part::Path),
            (ParameterIn::Header | ParameterIn::Cookie, _) => {}
        }
    }
    parts
}

fn is_refusal(status: &str) -> bool {
    status >= "400"
}

pub(super) fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    let PathItem {
        get,
        put,
        post,
        delete,
        patch,
        ..
    } = path;
    [get, put, post, delete, patch].into_iter().flatten()
}

fn codes_of(status: &str) -> impl Iterator<Item = &'static str> {
    REFUSALS
        .iter()
        .filter(move |(refused, ..)| *refused == status)
        .map(|(_, code, _)| *code)
}

/// The codes that a description names for the problem itself.
fn named(description: &str) -> BTreeSet<String> {
    words(description.split(OF_FIELDS).next().unwrap_or_default())
}

/// The codes that a description names for values within the body.
fn named_of_fields(description: &str) -> BTreeSet<String> {
    description
        .split_once(OF_FIELDS)
        .map_or_else(BTreeSet::new, |(_, said)| words(said))
}

fn quoted(code: &str) -> String {
    format!("`{code}`")
}

fn words(text: &str) -> BTreeSet<String> {
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Whether an operation says more of a status than the shared answer does.
fn says_more(response: &Response, (status, ..): Shared) -> bool {
    let only_codes = response.description.split(['`', ',', ' ']).all(|word| {
        let is_shared = codes_of(status).any(|code| code == word);
        is_shared || ["", "or"].contains(&word)
    });
    !only_codes
}

/// Adds the codes that the operation leaves unsaid.
fn add(response: &mut Response, codes: &[&str]) {
    let known = named(&response.description);
    let missing: Vec<String> = codes
        .iter()
        .filter(|code| !known.contains(**code))
        .map(|code| quoted(code))
        .collect();
    if !missing.is_empty() {
        let said = response.description.trim_end_matches('.');
        let separator = if said.starts_with('`') { "," } else { ":" };
        response.description = format!("{}{separator} {said}", missing.join(", "));
    }
}

/// A refusal is a problem, whatever type its description was given by default.
fn say_problem(response: &mut RefOr<Response>) {
    let RefOr::T(response) = response else { return };
    let is_problem = response.content.get(JSON).is_some_and(|content| match content {
        RefOr::T(content) => {
            let problem = Ref::from_schema_name("Problem");
            matches!(&content.schema, Some(RefOr::Ref(schema)) if schema.ref_location == problem.ref_location)
        }
        RefOr::Ref(_) => false,
    });
    if is_problem && let Some(content) = response.content.shift_remove(JSON) {
        response.content.insert(PROBLEM.to_owned(), content);
    }
}

fn define(components: &mut Components, (status, name, meaning): Shared) {
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let codes: Vec<String> = codes_of(status).map(quoted).collect();
    let is_gateways = BY_GATEWAY.contains(&status);
    let meaning = if is_gateways {
        format!("{meaning}. The gateway's own refusal is plain JSON without a code")
    } else {
        meaning.to_owned()
    };
    let mut response = ResponseBuilder::new()
        .description(format!("{}: {}", codes.join(", "), meaning))
        .content(PROBLEM, problem);
    if ["429", "503"].contains(&status) {
        response = response.header("Retry-After", retry_after());
    }
    let mut response = response.build();
    add_gateways(&mut response, status);
    components.responses.insert(name.to_owned(), response.into());
}

pub(super) fn retry_after() -> Header {
    let seconds = ObjectBuilder::new().schema_type(Type::Integer).minimum(Some(1));
    HeaderBuilder::new()
        .schema(Some(seconds))
        .description(Some("Seconds until it may be tried again"))
        .build()
}

/// Adds what the gateway says in the place of the service.
fn add_gateways(response: &mut Response, status: &str) {
    if BY_GATEWAY.contains(&status) {
        add_refusal_of_gateway(response);
    }
}

/// Adds the body of the gateway's own refusals.
pub(super) fn add_refusal_of_gateway(response: &mut Response) {
    let refusal = Ref::from_schema_name("GatewayRefusal");
    let content = ContentBuilder::new().schema(Some(refusal)).build();
    response.content.insert(JSON.to_owned(), content.into());
}

/// Lists the codes in the schema that has a `code`.
fn list(components: &mut Components, schema: &str, codes: BTreeSet<String>) {
    if let Some(RefOr::T(Schema::Object(problem))) = components.schemas.get_mut(schema)
        && let Some(RefOr::T(Schema::Object(code))) = problem.properties.get_mut("code")
    {
        let codes: Vec<String> = codes.into_iter().collect();
        code.extensions = Some(Extensions::builder().add(WORDS, codes).build());
        if schema == FIELD_ERROR {
            let said = code.description.take().unwrap_or_default();
            code.description = Some(format!(
                "{said} Operations name theirs; of any value it may be {}.",
                FIELD_CODES.map(quoted).join(", ")
            ));
        }
    }
}
