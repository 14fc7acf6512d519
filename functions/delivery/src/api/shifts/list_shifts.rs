//! `GET /v1/couriers/me/shifts`.

use axum::extract::State;
use runtime::{Json, Listing, Principal, Problem, RequestCause};

use super::plan_shift::ShiftView;
use crate::api::callers::courier_of;
use crate::app::App;
use crate::store;

/// List your planned shifts
///
/// Those that are not over yet, the earliest first.
#[utoipa::path(get, path = "/v1/couriers/me/shifts", operation_id = "list_shifts", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "The planned shifts: at most 40", body = Listing<ShiftView>),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
))]
pub async fn list_shifts(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<Listing<ShiftView>>, Problem> {
    let courier_id = courier_of(&principal)?;
    let roster = store::roster(&app.table, courier_id).await?.roster.ahead(cause.now);
    Ok(Json(Listing {
        items: roster.shifts().iter().map(ShiftView::from).collect(),
        next_cursor: None,
    }))
}
