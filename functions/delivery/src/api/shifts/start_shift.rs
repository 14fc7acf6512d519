//! `POST /v1/couriers/me/shift/start`.

use axum::extract::State;
use kernel::Position;
use runtime::{Json, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::callers::courier_of;
use crate::api::views::CourierView;
use crate::app::App;
use crate::usecase::shifts;

/// Where a shift starts.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShiftStart {
    /// Where the courier is.
    position: Position,
}

/// Start a shift
///
/// From now on the courier gets offers, as long as the market's limits of working time allow (`works_until`). A shift ends by
/// itself when they are reached, at its planned end (`planned_until`), or when nothing was heard for 20 minutes, but never with a
/// delivery to bring. Starting again only notes the position, like a report.
#[utoipa::path(post, path = "/v1/couriers/me/shift/start", operation_id = "start_shift", tag = "couriers",
    security(("token" = [])), request_body = ShiftStart, responses(
    (status = 200, description = "On shift", body = CourierView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
    (status = 409, description = "`courier_not_approved`, `courier_suspended`, `document_expired`: hand in a new one and have it approved, or `working_time_exceeded` with _limit_, _until_ and _Retry-After_", body = Problem),
))]
pub async fn start_shift(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(start): Json<ShiftStart>,
) -> Result<Json<CourierView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let courier = shifts::start_shift::start_shift(&app, &cause, courier_id, start.position).await?;
    Ok(Json(CourierView::new(courier_id, &courier)))
}
