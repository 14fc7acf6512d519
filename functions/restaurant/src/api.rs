//! The HTTP API: one module per endpoint, named as the operation.

mod accept_invitation;
mod approve_restaurant;
mod change_item;
mod change_option;
mod change_restaurant;
mod create_restaurant;
mod get_availability;
mod get_management;
mod get_menu;
mod get_menu_draft;
mod get_published_menu;
mod get_restaurant;
mod list_my_restaurants;
mod list_reviews;
mod list_submitted_restaurants;
mod pause_restaurant;
mod problems;
mod publish_menu;
mod put_staff;
mod remove_staff;
mod replace_capacity;
mod replace_hours;
mod replace_menu;
mod replace_zones;
mod resume_restaurant;
mod search_restaurants;
mod set_availability;
mod shapes;
mod submit_restaurant;
mod suspend_restaurant;
mod view;
mod write_review;

use axum::Router;
use axum::routing::get;
#[cfg(test)]
use contracts::menu::MenuOption;
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

/// The largest menu that is taken, in bytes: with what storing adds to it, it fits into one item.
pub const MENU_BODY_BYTES_MAX: usize = 256 * 1024;
/// The largest area that is taken, in bytes: twenty quarters with five hundred corners each, as tools write them, or one with
/// a coast.
pub const ZONES_BODY_BYTES_MAX: usize = 1024 * 1024;

/// All routes.
pub fn router(app: App) -> Router {
    let router = operations(Router::new())
        .route(
            "/internal/restaurants/{restaurant_id}/menus/{version}",
            get(get_published_menu::get_published_menu),
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
    register
        .routes(routes!(
            search_restaurants::search_restaurants,
            create_restaurant::create_restaurant
        ))
        .routes(routes!(list_my_restaurants::list_my_restaurants))
        .routes(routes!(list_submitted_restaurants::list_submitted_restaurants))
        .routes(routes!(
            get_restaurant::get_restaurant,
            change_restaurant::change_restaurant
        ))
        .routes(routes!(get_management::get_management))
        .routes(routes!(submit_restaurant::submit_restaurant))
        .routes(routes!(approve_restaurant::approve_restaurant))
        .routes(routes!(suspend_restaurant::suspend_restaurant))
        .routes(routes!(pause_restaurant::pause_restaurant))
        .routes(routes!(resume_restaurant::resume_restaurant))
        .routes(routes!(replace_hours::replace_hours))
        .routes(routes!(get_availability::get_availability))
        // Borders as maps have them.
        .routes(routes!(replace_zones::replace_zones).body_limit(ZONES_BODY_BYTES_MAX))
        .routes(routes!(replace_capacity::replace_capacity))
        // A menu is larger than any other body.
        .routes(routes!(get_menu::get_menu, replace_menu::replace_menu).body_limit(MENU_BODY_BYTES_MAX))
        .routes(routes!(get_menu_draft::get_menu_draft))
        .routes(routes!(publish_menu::publish_menu))
        .routes(routes!(change_item::change_item))
        .routes(routes!(change_option::change_option))
        .routes(routes!(accept_invitation::accept_invitation))
        .routes(routes!(put_staff::put_staff, remove_staff::remove_staff))
        .routes(routes!(list_reviews::list_reviews, write_review::write_review))
}

#[cfg(test)]
mod tests;
