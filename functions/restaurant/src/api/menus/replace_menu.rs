//! `PUT /v1/restaurants/{restaurant_id}/menu`

use ::store::Budget;
use axum::extract::State;
use contracts::menu::{Category, Menu};
use contracts::restaurant::StaffRole;
use kernel::{RestaurantId, SignedDuration};
use runtime::{Json, Path, Problem, RequestCause};
use serde::Deserialize;
use serde::de::IgnoredAny;
use utoipa::ToSchema;

use crate::app::App;
use crate::domain::menu::{as_shown, check_draft, check_size};
use crate::domain::{Authority, Caller, Rejection};
use crate::usecase;

/// As often as an editor saves; a large menu is two hundred write units each time.
const BUDGET: Budget = Budget::new("menus_saved", 120, SignedDuration::from_hours(1));

/// A draft of a menu.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MenuDraft {
    /// In the order they are shown.
    #[schema(max_items = 50)]
    categories: Vec<Category>,
    /// Ignored, so that a menu can be sent back as it was read.
    #[serde(default, rename = "version")]
    #[schema(value_type = Option<serde_json::Value>)]
    _version: Option<IgnoredAny>,
}

/// Saves a draft of the menu. Customers see it once it is published.
#[utoipa::path(
    put,
    path = "/v1/restaurants/{restaurant_id}/menu",
    tag = "menus",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = MenuDraft,
    responses(
        (status = 200, description = "Saved; its version is 0", body = Menu),
        (status = 403, description = "Not a manager of this restaurant", body = Problem),
        (status = 404, description = "There is none, or the restaurant is not public", body = Problem),
        (status = 413, description = "More than 256 KiB", body = Problem),
        (status = 429, description = "`too_many_requests`", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `amount_too_fine`, `duplicate_date`, `duplicate_id`, `hours_overlap`, `invalid_id`, `invalid_text`, `invalid_url`, `too_deep`, `too_many`, `too_many_diets`, `wrong_currency`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn replace_menu(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Json(body): Json<MenuDraft>,
) -> Result<Json<Menu>, Problem> {
    let authority = Authority::AtLeast(StaffRole::Manager);
    let restaurant = usecase::read_permitted_restaurant(&app, id, &caller, authority).await?;
    let menu = as_shown(Menu {
        version: 0,
        categories: body.categories,
    });
    check_draft(&menu, restaurant.profile.currency).map_err(Rejection::from)?;
    check_size(serde_json::to_vec(&menu).map_err(|_| Problem::internal())?.len())?;
    app.table.spend(&BUDGET, &id.to_string(), cause.now).await?;
    Ok(Json(usecase::save_menu_draft(&app, id, &cause, menu).await?))
}
