//! What the edge itself answers, added to every operation that does not describe it: handlers say what is theirs.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{
    Components, ContentBuilder, HeaderBuilder, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder,
};

/// The media type of a problem: RFC 9457.
const PROBLEM: &str = "application/problem+json";
const JSON: &str = "application/json";

/// An answer of the edge: its status, its name among the document's components, and what it means.
type Answer = (&'static str, &'static str, &'static str);

const UNAUTHORIZED: Answer = (
    "401",
    "Unauthorized",
    "`unauthorized`: no access token, or one that has ended",
);
const TOO_MANY: Answer = (
    "429",
    "TooManyRequests",
    "`too_many_requests`, or the gateway's own refusal, which has only a `message`",
);
const UNAVAILABLE: Answer = (
    "503",
    "Unavailable",
    "`unavailable`: the same again may work in a moment",
);
const BAD_REQUEST: Answer = (
    "400",
    "BadRequest",
    "`invalid_query`, `invalid_cursor` or `malformed_json`",
);
const TOO_LARGE: Answer = ("413", "BodyTooLarge", "`body_too_large`");
const NO_JSON: Answer = ("415", "UnsupportedMediaType", "`unsupported_media_type`: send JSON");
const INVALID: Answer = (
    "422",
    "InvalidBody",
    "`invalid_body`: `errors` lists what is wrong, by place",
);
const ALL: [Answer; 7] = [
    UNAUTHORIZED,
    TOO_MANY,
    UNAVAILABLE,
    BAD_REQUEST,
    TOO_LARGE,
    NO_JSON,
    INVALID,
];

/// Completes a document.
pub(super) fn complete(document: &mut OpenApi) {
    let mut is_used = false;
    for operation in document.paths.paths.values_mut().flat_map(operations) {
        for response in operation.responses.responses.values_mut() {
            say_problem(response);
        }
        for answer in answers_of(operation) {
            let reference = RefOr::Ref(Ref::from_response_name(answer.1));
            let responses = &mut operation.responses.responses;
            if answer == UNAUTHORIZED {
                responses.insert(answer.0.to_owned(), reference);
            } else {
                responses.entry(answer.0.to_owned()).or_insert(reference);
            }
            is_used = true;
        }
    }
    if is_used {
        let components = document.components.get_or_insert_default();
        for answer in ALL {
            define(components, answer);
        }
    }
}

fn operations(path: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
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

/// What the edge may answer to an operation, by what it takes.
fn answers_of(operation: &Operation) -> Vec<Answer> {
    let mut answers = vec![TOO_MANY, UNAVAILABLE];
    if operation.security.as_ref().is_some_and(|security| !security.is_empty()) {
        answers.push(UNAUTHORIZED);
    }
    let in_query = |parameter: &RefOr<utoipa::openapi::path::Parameter>| match parameter {
        RefOr::T(parameter) => parameter.parameter_in == ParameterIn::Query,
        RefOr::Ref(_) => false,
    };
    let has_query = operation.parameters.iter().flatten().any(in_query);
    if has_query || operation.request_body.is_some() {
        answers.push(BAD_REQUEST);
    }
    if operation.request_body.is_some() {
        answers.extend([TOO_LARGE, NO_JSON, INVALID]);
    }
    answers
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

fn define(components: &mut Components, (status, name, description): Answer) {
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    let mut response = ResponseBuilder::new()
        .description(description)
        .content(PROBLEM, problem);
    if ["429", "503"].contains(&status) {
        let seconds = HeaderBuilder::new().description(Some("Seconds until it may be tried again"));
        response = response.header("Retry-After", seconds.build());
    }
    components.responses.insert(name.to_owned(), response.build().into());
}
