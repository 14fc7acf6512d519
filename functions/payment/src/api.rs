//! The HTTP API: one module per endpoint, named as the operation.

mod add_payment_method;
mod get_payment;
mod get_payment_of_order;
mod list_payment_methods;
mod problems;
mod receive_stripe_event;
mod remove_payment_method;
mod shapes;
mod views;

use axum::Router;
use axum::extract::FromRef;
#[cfg(test)]
use runtime::openapi;
use runtime::openapi::Register;
use runtime::routes;
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;
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
            add_payment_method::add_payment_method,
            list_payment_methods::list_payment_methods
        ))
        .routes(routes!(remove_payment_method::remove_payment_method))
        .routes(routes!(get_payment_of_order::get_payment_of_order))
        .routes(routes!(get_payment::get_payment))
        .routes(routes!(receive_stripe_event::receive_stripe_event))
}

#[cfg(test)]
mod tests;
