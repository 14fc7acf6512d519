//! The HTTP API: one endpoint a file.

mod add_method;
mod get;
mod get_for_order;
mod list_methods;
mod remove_method;
mod stripe_webhook;
mod views;

use axum::Router;
use axum::extract::FromRef;
use runtime::Problem;
#[cfg(test)]
use runtime::openapi;
use runtime::openapi::Register;
use runtime::routes;
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
use crate::stripe;
use crate::stripe::signature::WebhookSecret;

/// What the handlers share.
#[derive(Clone)]
struct Api {
    app: App,
    webhook_secret: WebhookSecret,
}

impl FromRef<Api> for App {
    fn from_ref(api: &Api) -> Self {
        api.app.clone()
    }
}

impl FromRef<Api> for WebhookSecret {
    fn from_ref(api: &Api) -> Self {
        api.webhook_secret.clone()
    }
}

/// The routes with their documentation.
pub fn router(app: App, webhook_secret: WebhookSecret) -> Router {
    let router = operations(Router::new()).with_state(Api { app, webhook_secret });
    runtime::docs::docs(router, "payment", include_str!("../openapi.json"))
}

/// What describes the API.
#[cfg(test)]
fn document() -> OpenApi {
    let document = openapi::document(
        "Tiffin payment API",
        "Saved payment methods, and what was reserved and charged for an order.",
        &[
            ("payment methods", "Cards that the signed-in person has saved."),
            ("payments", "What was reserved, charged and given back."),
            ("webhooks", "What the card provider tells."),
        ],
    );
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

/// The operations.
fn operations<R: Register<Api>>(register: R) -> R {
    register
        .routes(routes!(
            add_method::add_payment_method,
            list_methods::list_payment_methods
        ))
        .routes(routes!(remove_method::remove_payment_method))
        .routes(routes!(get_for_order::get_payment_of_order))
        .routes(routes!(get::get_payment))
        .routes(routes!(stripe_webhook::stripe_webhook))
}

/// The provider does not answer, or refuses what only our own mistake can explain.
impl From<stripe::Failure> for Problem {
    fn from(failure: stripe::Failure) -> Self {
        match failure {
            stripe::Failure::Unavailable(_) => {
                tracing::warn!(error = %failure, "the payment provider could not be used");
                Self::unavailable()
            }
            stripe::Failure::Declined { .. } | stripe::Failure::Refused { .. } => {
                tracing::error!(error = %failure, "the payment provider refuses");
                Self::internal()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_committed_document_is_what_the_handlers_say() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        runtime::openapi::check(&committed, &super::document()).unwrap();
    }
}
