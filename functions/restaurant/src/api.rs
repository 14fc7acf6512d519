//! The HTTP API: one folder per resource, one module per operation, named as the operation.

mod caller;
mod geojson;
mod menus;
mod opening;
mod problems;
mod restaurants;
mod reviews;
mod shapes;
mod staff;
mod zones;

use axum::Router;
use axum::routing::get;
#[cfg(test)]
use contracts::menu::MenuOption;
use runtime::openapi::Register;
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
    let router = operations(Router::new())
        .route(
            "/internal/restaurants/{restaurant_id}/menus/{version}",
            get(menus::get_published_menu::get_published_menu),
        )
        .with_state(app);
    runtime::docs::docs(router, "restaurant", OPENAPI)
}

/// What describes the API. Calls between services are described by their contracts.
#[cfg(test)]
fn document() -> OpenApi {
    let mut document = runtime::openapi::document(
        "Tiffin restaurant API",
        "Restaurants with their hours, delivery areas, staff, menus and reviews, and finding them by position.",
        &[
            ("restaurants", "Restaurants: finding them, and keeping one."),
            ("menus", "Menus: a draft, what is published, and what is sold out."),
            ("staff", "Who works for a restaurant."),
            ("reviews", "What customers say of it."),
        ],
    );
    // Options contain groups, which contain options: the generator stops there, so the circle is closed here.
    let schemas = &mut document.components.get_or_insert_default().schemas;
    schemas.insert(MenuOption::name().into_owned(), MenuOption::schema());
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

/// The operations for apps.
fn operations<R: Register<App>>(register: R) -> R {
    let register = restaurants::operations(register);
    let register = opening::operations(register);
    let register = zones::operations(register);
    let register = menus::operations(register);
    let register = staff::operations(register);
    reviews::operations(register)
}

#[cfg(test)]
mod tests;
