//! `GET /v1/deliveries/{delivery_id}/incidents`.

use ::store::StoreError;
use axum::extract::State;
use kernel::{DeliveryId, Role};
use runtime::{Json, Listing, Path, Principal, Problem};

use crate::api::incidents::{IncidentView, noted};
use crate::app::App;
use crate::store::{self, Happened};

/// List a delivery's incidents
///
/// Oldest first: what people reported, and what the platform noted itself: a locked PIN, a failed hand-over, a courier
/// who was taken off.
#[utoipa::path(get, path = "/v1/deliveries/{delivery_id}/incidents", operation_id = "list_incidents", tag = "deliveries",
    security(("token" = [])), params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "The incidents", body = Listing<IncidentView>),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`", body = Problem),
))]
pub async fn list_incidents(
    State(app): State<App>,
    principal: Principal,
    Path(delivery_id): Path<DeliveryId>,
) -> Result<Json<Listing<IncidentView>>, Problem> {
    principal.require(Role::Operator)?;
    let history = store::history(&app.table, delivery_id).await?;
    if history.is_empty() {
        return Err(Problem::not_found());
    }
    let mut items = Vec::new();
    for happened in &history {
        match happened {
            Happened::Reported(incident) => items.push(IncidentView::from(incident)),
            Happened::Event(event) => {
                items.extend(noted(event).map_err(|error| StoreError::Corrupt(error.to_string()))?);
            }
        }
    }
    items.sort_by_key(|incident| incident.at);
    let next_cursor = None;
    Ok(Json(Listing { items, next_cursor }))
}
