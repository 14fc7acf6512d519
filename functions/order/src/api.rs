//! The HTTP API: one module per endpoint, named as the operation.

mod accept_order;
mod access;
mod cancel_order;
mod create_quote;
mod delay_order;
mod get_order;
mod get_order_cancellation;
mod get_order_timeline;
mod list_all_orders;
mod list_orders;
mod list_restaurant_orders;
mod listing;
mod mark_order_ready;
mod place_order;
mod problems;
mod reject_order;
mod shapes;
mod views;

use axum::Router;
use runtime::openapi::Register;
use runtime::routes;
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa::{PartialSchema as _, ToSchema as _};
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The committed description of the public API.
const OPENAPI: &str = include_str!("../openapi.json");

/// All routes.
pub fn router(app: App) -> Router {
    let router = operations(Router::new()).with_state(app);
    runtime::docs::docs(router, "order", OPENAPI)
}

/// What describes the API.
#[cfg(test)]
fn document() -> OpenApi {
    let mut document = runtime::openapi::document(
        "Tiffin order API",
        "Quotes that hold for fifteen minutes, and orders from placing to the door.",
        &[
            ("quotes", "What an order would cost, and when it would come."),
            ("orders", "A customer's orders."),
            ("kitchen", "A restaurant's orders."),
            ("operators", "Orders as operators see them."),
        ],
    );
    // Options contain options: the generator stops there, so the circle is closed here.
    let schemas = &mut document.components.get_or_insert_default().schemas;
    schemas.insert(
        create_quote::ChoiceBody::name().into_owned(),
        create_quote::ChoiceBody::schema(),
    );
    schemas.insert(views::ChoiceView::name().into_owned(), views::ChoiceView::schema());
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

/// The operations.
fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(create_quote::create_quote))
        .routes(routes!(place_order::place_order, list_orders::list_orders))
        .routes(routes!(get_order::get_order))
        .routes(routes!(get_order_timeline::get_order_timeline))
        .routes(routes!(get_order_cancellation::get_order_cancellation))
        .routes(routes!(accept_order::accept_order))
        .routes(routes!(reject_order::reject_order))
        .routes(routes!(delay_order::delay_order))
        .routes(routes!(mark_order_ready::mark_order_ready))
        .routes(routes!(cancel_order::cancel_order))
        .routes(routes!(list_restaurant_orders::list_restaurant_orders))
        .routes(routes!(list_all_orders::list_all_orders))
}

#[cfg(test)]
mod tests;
