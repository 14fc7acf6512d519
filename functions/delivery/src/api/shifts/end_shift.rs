//! `POST /v1/couriers/me/shift/end`.

use axum::extract::State;
use runtime::{Json, Principal, Problem, RequestCause};

use crate::api::callers::courier_of;
use crate::api::views::CourierView;
use crate::app::App;
use crate::domain::rejection::Rejection;
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::shifts;

/// End a shift
///
/// The position is forgotten. A live offer, and a delivery whose food was not fetched yet, go to somebody else. Food that
/// was fetched must be brought first. Ending again changes nothing.
#[utoipa::path(post, path = "/v1/couriers/me/shift/end", operation_id = "end_shift", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "Off shift", body = CourierView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
    (status = 409, description = "`carrying_food`", body = Problem),
))]
pub async fn end_shift(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<CourierView>, Problem> {
    let courier_id = courier_of(&principal)?;
    match shifts::end_shift::end_shift(&app, &cause, courier_id).await {
        Ok(courier) => Ok(Json(CourierView::new(courier_id, &courier))),
        Err(AdvanceError::Rejected(Rejection::WrongState { phase, .. })) => {
            let detail = "You carry food: bring it first.";
            Err(Problem::conflict("carrying_food", detail).with("state", phase.as_str()))
        }
        Err(error) => Err(error.into()),
    }
}
