//! `POST /v1/restaurants/{restaurant_id}/menu/publish`

use ::store::Budget;
use axum::extract::State;
use contracts::restaurant::StaffRole;
use kernel::{RestaurantId, SignedDuration, Timestamp};
use runtime::{Json, Path, Problem, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::{Authority, Caller};
use crate::store::MENUS_KEPT;
use crate::usecase;

/// As often as a menu is worked on, and not as often as a program can.
const BUDGET: Budget = Budget::new("menus_published", MENUS_KEPT, SignedDuration::from_hours(1));

/// What was published.
#[derive(Debug, Serialize, ToSchema)]
pub struct Publication {
    restaurant_id: RestaurantId,
    /// Counts from 1 with each publication.
    version: u32,
    published_at: Timestamp,
}

/// Shows the draft of the menu to customers. Publishing the same draft again changes nothing.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/menu/publish",
    tag = "menus",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    responses(
        (status = 200, description = "Published, or so already", body = Publication),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or the restaurant is not public", body = Problem),
        (status = 409, description = "`menu_missing`: there is no draft", body = Problem),
        (status = 422, description = "`invalid_body`: the draft cannot be published as it is. In _errors_: `menu_empty`, `amount_too_fine`, `duplicate_id`, `invalid_id`, `invalid_text`, `invalid_url`, `too_deep`, `too_many`, `too_many_diets`, `wrong_currency`", body = Problem),
        (status = 429, description = "`too_many_requests`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn publish_menu(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
) -> Result<Json<Publication>, Problem> {
    // A large read, so it is for those who may publish only.
    let authority = Authority::AtLeast(StaffRole::Manager);
    usecase::read_permitted_restaurant(&app, id, &caller, authority).await?;
    app.table.spend(&BUDGET, &id.to_string(), cause.now).await?;
    let restaurant = usecase::publish_menu(&app, id, &caller, &cause).await?;
    let published = restaurant.menu.ok_or_else(Problem::internal)?;
    Ok(Json(Publication {
        restaurant_id: id,
        version: published.version,
        published_at: published.published_at,
    }))
}
