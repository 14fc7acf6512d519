//! `POST /v1/restaurants/{restaurant_id}/pause`

use axum::extract::State;
use axum::response::Response;
use contracts::restaurant::Pause;
use kernel::{RestaurantId, Timestamp};
use runtime::{Json, Path, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::restaurants::views::{ManagementView, managed};
use crate::api::shapes;
use crate::app::App;
use crate::domain::stage::PauseReason;
use crate::domain::{Caller, Command};
use crate::usecase;

/// A break.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Break {
    /// It ends by itself then; without, somebody must resume.
    #[serde(default)]
    #[schema(example = "2026-11-20T18:30:00Z")]
    until: Option<Timestamp>,
    /// For customers to read.
    #[schema(value_type = shapes::PauseReason)]
    reason: PauseReason,
}

/// Takes no orders for a while. Again while paused: replaces the end and the reason.
#[utoipa::path(
    post,
    path = "/v1/restaurants/{restaurant_id}/pause",
    tag = "restaurants",
    params(("restaurant_id" = RestaurantId, Path, description = "The restaurant")),
    request_body = Break,
    responses(
        (status = 200, description = "Done, or so already", body = ManagementView),
        (status = 403, description = "Not at this restaurant", body = Problem),
        (status = 404, description = "There is none, or it is not public", body = Problem),
        (status = 409, description = "`wrong_status`: not from where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn pause_restaurant(
    State(app): State<App>,
    caller: Caller,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    Json(body): Json<Break>,
) -> Result<Response, Problem> {
    let pause = Pause {
        until: body.until,
        reason: body.reason.into(),
    };
    let restaurant = usecase::change_restaurant(&app, id, &caller, &cause, &Command::Pause(pause)).await?;
    Ok(managed(&restaurant, cause.now))
}
