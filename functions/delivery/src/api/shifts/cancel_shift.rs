//! `DELETE /v1/couriers/me/shifts/{shift_id}`.

use axum::extract::State;
use http::StatusCode;
use kernel::ShiftId;
use runtime::{Path, Principal, Problem, RequestCause};

use crate::api::callers::courier_of;
use crate::app::App;
use crate::usecase::shifts::change_roster;

/// Cancel a planned shift
///
/// One that you work by is ended, not cancelled.
#[utoipa::path(delete, path = "/v1/couriers/me/shifts/{shift_id}", operation_id = "cancel_shift", tag = "couriers",
    security(("token" = [])), params(("shift_id" = ShiftId, Path, description = "The shift")), responses(
    (status = 204, description = "Cancelled"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: not one of yours, over, or cancelled already", body = Problem),
    (status = 409, description = "`courier_not_approved`, or `shift_running`", body = Problem),
))]
pub async fn cancel_shift(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(shift_id): Path<ShiftId>,
) -> Result<StatusCode, Problem> {
    let courier_id = courier_of(&principal)?;
    change_roster::cancel_shift(&app, &cause, courier_id, shift_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
