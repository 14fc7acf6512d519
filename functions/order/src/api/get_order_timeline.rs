//! `GET /v1/orders/{order_id}/timeline`

use axum::extract::State;
use contracts::Envelope;
use kernel::{OrderId, Timestamp};
use runtime::{Json, Listing, Path, Principal, Problem};
use serde::Serialize;
use utoipa::ToSchema;

use super::access::see;
use super::shapes;
use crate::app::App;
use crate::domain::Party;
use crate::{publish, store};

/// Something that happened to an order.
#[derive(Debug, Serialize, ToSchema)]
pub struct TimelineEntry {
    /// The position among the order's events, from 1.
    #[schema(minimum = 1, example = 3)]
    sequence: u32,
    /// The event's type.
    #[serde(rename = "type")]
    #[schema(value_type = shapes::EventType)]
    event_type: String,
    /// When.
    at: Timestamp,
    /// Who did it.
    by: Party,
}

impl From<Envelope> for TimelineEntry {
    fn from(event: Envelope) -> Self {
        Self {
            sequence: event.sequence,
            at: event.time,
            by: publish::actor(&event),
            event_type: event.event_type,
        }
    }
}

/// What happened to an order, oldest first.
///
/// For its customer, its restaurant, the courier assigned to it, and operators.
#[utoipa::path(
    get,
    path = "/v1/orders/{order_id}/timeline",
    tag = "orders",
    params(("order_id" = OrderId, Path, description = "The order")),
    responses(
        (status = 200, description = "What happened", body = Listing<TimelineEntry>),
        (status = 404, description = "No such order, or not yours", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn get_order_timeline(
    State(app): State<App>,
    principal: Principal,
    Path(order_id): Path<OrderId>,
) -> Result<Json<Listing<TimelineEntry>>, Problem> {
    see(&app, &principal, order_id).await?;
    let events = store::history(&app.table, order_id).await?;
    Ok(Json(Listing {
        items: events.into_iter().map(TimelineEntry::from).collect(),
        next_cursor: None,
    }))
}
