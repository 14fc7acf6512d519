//! `PATCH /v1/restaurants/{restaurant_id}/menu/options/{option_id}`

use axum::extract::State;
use contracts::restaurant::MenuEntry;
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use super::availability::{AvailabilityChange, EntryView};
use crate::api::shapes::EntryId;
use crate::app::App;
use crate::domain::Caller;
use crate::usecase;

/// Says at once, without publishing, whether an option can be ordered, in whatever group it stands.
#[utoipa::path(
    patch,
    path = "/v1/restaurants/{restaurant_id}/menu/options/{option_id}",
    tag = "menus",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant"), ("option_id" = EntryId, Path, description = "The option's id on the menu")),
    request_body = AvailabilityChange,
    responses(
        (status = 200, description = "Done, or so already", body = EntryView),
        (status = 403, description = "Not at this restaurant", body = Problem),
        (status = 404, description = "The published menu has no such option, or the restaurant is not public", body = Problem),
        (status = 409, description = "`not_approved`, `too_many_sold_out`", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `until_without_end`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn change_option(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path((id, option_id)): Path<(RestaurantId, String)>,
    Json(body): Json<AvailabilityChange>,
) -> Result<Json<EntryView>, Problem> {
    let entry = body.of(MenuEntry::Option, option_id);
    usecase::set_availability(&app, id, &caller, &cause, entry.clone()).await?;
    Ok(Json(entry.into()))
}
