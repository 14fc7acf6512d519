//! `GET /v1/restaurants/{restaurant_id}/menu`

use axum::extract::State;
use contracts::menu::Menu;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use crate::app::App;
use crate::store::menu_key;

/// The published menu as it can be ordered from now: what is sold out is not available.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/menu",
    tag = "menus",
    params(("restaurant_id" = RestaurantId, Path)),
    responses(
        (status = 200, description = "The menu", body = Menu),
        (status = 404, description = "There is none, or the restaurant is not public", body = Problem),
    )
)]
pub async fn get_menu(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Json<Menu>, Problem> {
    let restaurant = app.public_restaurant(id).await?;
    let published = restaurant.menu.as_ref().ok_or_else(Problem::not_found)?;
    let record = app.menu(&menu_key(id, published.version)).await?;
    let mut menu = record.ok_or_else(Problem::not_found)?.menu;
    restaurant.overrides.apply(&mut menu, cause.now);
    Ok(Json(menu))
}
