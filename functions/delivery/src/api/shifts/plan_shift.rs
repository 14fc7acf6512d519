//! `POST /v1/couriers/me/shifts`.

use axum::extract::State;
use http::StatusCode;
use kernel::{ShiftId, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::callers::courier_of;
use crate::app::App;
use crate::domain::roster::Planned;
use crate::domain::work::Span;
use crate::usecase::shifts::change_roster;

/// A shift to plan.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShift {
    /// From when, in whole seconds.
    #[schema(example = "2026-11-20T17:00:00Z")]
    from: Timestamp,
    /// To when: at least 30 minutes later, and within 14 days.
    #[schema(example = "2026-11-20T21:00:00Z")]
    to: Timestamp,
}

/// A planned shift.
#[derive(Debug, Serialize, ToSchema)]
pub struct ShiftView {
    /// The shift.
    shift_id: ShiftId,
    /// From when.
    from: Timestamp,
    /// To when.
    to: Timestamp,
}

impl From<&Planned> for ShiftView {
    fn from(Planned { shift_id, span }: &Planned) -> Self {
        Self {
            shift_id: *shift_id,
            from: span.from,
            to: span.to,
        }
    }
}

/// Plan a shift
///
/// Whoever starts at most 15 minutes before a planned shift, or during it, works to its end, or to the end of those that follow
/// it at once: no trip is offered that would begin later. Past and planned work together must keep the market's limits of a day
/// and a week. The same shift again is the one that is planned.
#[utoipa::path(post, path = "/v1/couriers/me/shifts", operation_id = "plan_shift", tag = "couriers",
    security(("token" = [])), request_body = NewShift, responses(
    (status = 201, description = "Planned", body = ShiftView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
    (status = 409, description = "`courier_not_approved`, `shift_overlaps` with _shift_id_, `too_many_shifts` (40), or `working_time_exceeded` with _limit_", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `in_the_past`, `too_short`, `too_far_ahead`", body = Problem),
))]
pub async fn plan_shift(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(shift): Json<NewShift>,
) -> Result<(StatusCode, Json<ShiftView>), Problem> {
    let courier_id = courier_of(&principal)?;
    let whole = |at: Timestamp| Timestamp::from_second(at.as_second()).unwrap_or(at);
    let span = Span {
        from: whole(shift.from),
        to: whole(shift.to),
    };
    let planned = change_roster::plan_shift(&app, &cause, courier_id, span).await?;
    Ok((StatusCode::CREATED, Json(ShiftView::from(&planned))))
}
