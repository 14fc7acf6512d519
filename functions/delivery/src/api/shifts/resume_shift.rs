//! `POST /v1/couriers/me/shift/resume`.

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};

use crate::api::callers::courier_of;
use crate::api::views::CourierView;
use crate::app::App;
use crate::usecase::shifts;

/// End a break
///
/// Offers come again. A break that was shorter than the market's rules ask gives no working time back.
#[utoipa::path(post, path = "/v1/couriers/me/shift/resume", operation_id = "resume_shift", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "What you do now", body = CourierView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
    (status = 409, description = "`off_shift`, or `working_time_exceeded` with _limit_, _until_ and _Retry-After_", body = Problem),
))]
pub async fn resume_shift(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<CourierView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let courier = shifts::resume_shift::resume_shift(&app, &cause, courier_id).await?;
    Ok(Json(CourierView::new(courier_id, &courier)))
}
