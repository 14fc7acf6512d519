//! What a document says of the API as a whole: its version, where it is served, who may call it, and what its tags mean.

use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::security::{
    ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme,
};
use utoipa::openapi::server::ServerBuilder;
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Info, License, OpenApi, Paths, RefOr};

use super::{TOKEN, answers};

/// The version of a document whose service has never broken nor extended it since the first release.
const FIRST_VERSION: &str = "1.0.0";

/// The SPDX expression of the licence.
const LICENSE: &str = env!("CARGO_PKG_LICENSE");

/// Where the address of every operation begins: whoever serves the document serves the API.
const SERVER: &str = "/";

/// The name under which operations between services demand a signed request.
const SIGNATURE: &str = "signature";

/// What the gateway answers a request whose signature does not count.
const UNSIGNED: &str = "403";

/// Where the operations are that services call of each other.
const INTERNAL: &str = "/internal/";

/// An empty document.
pub(super) fn begin(title: &str, description: &str, tags: &[(&str, &str)]) -> OpenApi {
    let mut info = Info::new(title, FIRST_VERSION);
    info.description = Some(description.to_owned());
    let mut license = License::new(LICENSE);
    license.identifier = Some(LICENSE.to_owned());
    info.license = Some(license);
    let mut document = OpenApi::new(info, Paths::new());
    let server = ServerBuilder::new().url(SERVER).description(Some(
        "The address that this document comes from, which is the API's: `ApiUrl` of the deployment.",
    ));
    document.servers = Some(vec![server.build()]);
    let tags = tags.iter().map(|(name, meaning)| {
        let tag = TagBuilder::new().name(*name).description(Some(*meaning));
        tag.build()
    });
    document.tags = Some(tags.collect());
    let token = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .description(Some(
            "The `access_token` that `POST /v1/auth/sign-in` answers, or `POST /v1/auth/challenge` where a second factor is asked for. It \
             lives 60 minutes; `POST /v1/auth/refresh` answers the next one for the `refresh_token`, which lives 30 days.",
        ));
    let components = document.components.get_or_insert_default();
    components.add_security_scheme(TOKEN, SecurityScheme::Http(token.build()));
    document
}

/// Says of each operation who may call it and when to try again, describes ids by their names, and leaves out schemas that
/// nothing refers to.
pub(super) fn finish(document: &mut OpenApi) {
    let mut is_signed = false;
    for (path, item) in &mut document.paths.paths {
        for operation in answers::operations(item) {
            describe_ids(operation);
            say_when(operation);
            if operation.security.is_none() {
                let internal = path.starts_with(INTERNAL);
                let signature = internal.then(|| SecurityRequirement::new(SIGNATURE, [""; 0]));
                operation.security = Some(signature.into_iter().collect());
                is_signed |= internal;
                if internal && let Some(RefOr::T(refused)) = operation.responses.responses.get_mut(UNSIGNED) {
                    answers::add_refusal_of_gateway(refused);
                }
            }
        }
    }
    if is_signed {
        let signature = ApiKey::Header(ApiKeyValue::with_description(
            "authorization",
            "AWS Signature Version 4, by a role that may invoke the operation: services call each other so.",
        ));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme(SIGNATURE, SecurityScheme::ApiKey(signature));
    }
    leave_out_unused(document);
}

/// Of an id in a path there is no more to say than whose it is.
fn describe_ids(operation: &mut Operation) {
    for parameter in operation.parameters.iter_mut().flatten() {
        if let RefOr::T(parameter) = parameter
            && matches!(parameter.parameter_in, ParameterIn::Path)
            && let Some(whose) = parameter.name.strip_suffix("_id")
        {
            let description = format!("The {}", whose.replace('_', " "));
            parameter.description.get_or_insert(description);
        }
    }
}

/// Who is told to come again is told when.
fn say_when(operation: &mut Operation) {
    for status in ["429", "503"] {
        if let Some(RefOr::T(response)) = operation.responses.responses.get_mut(status) {
            let header = response.headers.entry("Retry-After".to_owned());
            header.or_insert_with(|| answers::retry_after().into());
        }
    }
}

/// What was made of several types, or flattened into one, leaves them behind.
fn leave_out_unused(document: &mut OpenApi) {
    loop {
        let text = serde_json::to_string(document).unwrap_or_default();
        let schemas = &mut document.components.get_or_insert_default().schemas;
        let before = schemas.len();
        schemas.retain(|name, _| text.contains(&format!("\"#/components/schemas/{name}\"")));
        if schemas.len() == before {
            return;
        }
    }
}
