//! `POST /v1/couriers/me/shift/break`.

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};

use crate::api::callers::courier_of;
use crate::api::views::CourierView;
use crate::app::App;
use crate::usecase::shifts;

/// Take a break
///
/// No offers until `resume`. First bring what was taken, and answer the offer. A break again changes nothing; one of more than two
/// hours is the end of the shift.
#[utoipa::path(post, path = "/v1/couriers/me/shift/break", operation_id = "take_break", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "What you do now", body = CourierView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
    (status = 409, description = "`off_shift`, or `not_free_for_a_break`: an offer or a delivery comes first", body = Problem),
))]
pub async fn take_break(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<CourierView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let courier = shifts::take_break::take_break(&app, &cause, courier_id).await?;
    Ok(Json(CourierView::new(courier_id, &courier)))
}
