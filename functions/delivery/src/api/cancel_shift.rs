//! `DELETE /v1/couriers/me/shifts/{shift_id}`.

use axum::extract::State;
use http::StatusCode;
use kernel::ShiftId;
use runtime::{Path, Principal, Problem, RequestCause};

use super::{courier_of, sentence};
use crate::app::App;
use crate::domain::roster::Uncancellable;
use crate::roster;

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
    roster::cancel(&app, &cause, courier_id, shift_id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The problem of a shift that cannot be cancelled.
pub(super) fn uncancellable(reason: Uncancellable) -> Problem {
    match reason {
        Uncancellable::Missing => Problem::not_found(),
        Uncancellable::Running => Problem::conflict("shift_running", sentence(&reason)),
    }
}
