//! `GET /v1/restaurants/{restaurant_id}/menu/draft`

use axum::extract::State;
use contracts::menu::Menu;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem};

use crate::app::App;
use crate::domain::{Authority, Caller};
use crate::store::load_draft;
use crate::usecase;

/// The draft of a menu, as it was saved last: for those who write it, and for operators who are to approve it.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/menu/draft",
    tag = "menus",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "The draft; its version is 0", body = Menu),
        (status = 403, description = "Not at this restaurant", body = Problem),
        (status = 404, description = "There is none, or the restaurant is not public", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_menu_draft(
    State(app): State<App>,
    caller: Caller,
    Path(id): Path<RestaurantId>,
) -> Result<Json<Menu>, Problem> {
    usecase::read_permitted_restaurant(&app, id, &caller, Authority::Insider).await?;
    let record = load_draft(&app.table, id).await?.ok_or_else(Problem::not_found)?;
    Ok(Json(record.menu))
}
