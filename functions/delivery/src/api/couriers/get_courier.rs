//! `GET /v1/couriers/me`.

use axum::extract::State;
use runtime::{Json, Principal, Problem};

use crate::api::callers::courier_of;
use crate::api::views::CourierView;
use crate::app::App;
use crate::store;

/// See what you are as a courier
///
/// Whether approved, on shift or in a break, until when you may work, and why the last shift ended.
#[utoipa::path(get, path = "/v1/couriers/me", operation_id = "get_courier", tag = "couriers",
    security(("token" = [])), responses(
    (status = 200, description = "What you do now", body = CourierView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
))]
pub async fn get_courier(State(app): State<App>, principal: Principal) -> Result<Json<CourierView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let Some((_, courier)) = store::courier(&app.table, courier_id).await? else {
        return Err(Problem::not_found());
    };
    Ok(Json(CourierView::new(courier_id, &courier)))
}
