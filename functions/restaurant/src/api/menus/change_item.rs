//! `PATCH /v1/restaurants/{restaurant_id}/menu/items/{item_id}`

use axum::extract::State;
use contracts::restaurant::MenuEntry;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use super::availability::{AvailabilityChange, EntryView};
use crate::api::shapes::EntryId;
use crate::app::App;
use crate::domain::Caller;
use crate::usecase;

/// Says at once, without publishing, whether an item can be ordered.
#[utoipa::path(
    patch,
    path = "/v1/restaurants/{restaurant_id}/menu/items/{item_id}",
    tag = "menus",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), ("item_id" = EntryId, Path, description = "The item's id on the menu")),
    request_body = AvailabilityChange,
    responses(
        (status = 200, description = "Done, or so already", body = EntryView),
        (status = 403, description = "Not at this restaurant", body = Problem),
        (status = 404, description = "The published menu has no such item, or the restaurant is not public", body = Problem),
        (status = 409, description = "`not_approved`, `too_many_sold_out`", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `until_without_end`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn change_item(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path((id, item_id)): Path<(RestaurantId, String)>,
    Json(body): Json<AvailabilityChange>,
) -> Result<Json<EntryView>, Problem> {
    let entry = body.of(MenuEntry::Item, item_id);
    usecase::set_availability(&app, id, &caller, &cause, entry.clone()).await?;
    Ok(Json(entry.into()))
}
