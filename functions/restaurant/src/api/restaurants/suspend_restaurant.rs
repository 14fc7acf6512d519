//! `POST /v1/restaurants/{restaurant_id}/suspend`

use axum::extract::State;
use axum::response::Response;
use kernel::{RestaurantId, Text};
use runtime::{Optional, Path, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::{ManagementView, managed};
use crate::api::shapes::{SUSPENSION_REASON_LENGTH_MAX, SuspensionReason};
use crate::app::App;
use crate::domain::{Caller, Command};
use crate::usecase;

/// Why a restaurant is taken off.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Suspension {
    /// For its staff to read.
    #[serde(default)]
    #[schema(value_type = Option<SuspensionReason>)]
    reason: Option<Text<SUSPENSION_REASON_LENGTH_MAX>>,
}

/// Takes a restaurant off the platform: nobody finds it, and it takes no orders.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/suspend",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = Option<Suspension>,
    responses(
        (status = 200, description = "Done, or so already", body = ManagementView),
        (status = 403, description = "Not an operator", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`wrong_status`: not from where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn suspend_restaurant(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Optional(body): Optional<Suspension>,
) -> Result<Response, Problem> {
    let reason = body.reason.map(String::from);
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::Suspend { reason }).await?;
    Ok(managed(&restaurant, cause.now))
}
