//! `POST /v1/orders`

use ::store::Answer;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use contracts::order::Window;
use http::StatusCode;
use kernel::{Money, OrderId, PaymentMethodId, QuoteId, RestaurantId, Role, Timestamp};
use runtime::{IdempotencyKey, Json, Principal, Problem, RequestCause, replay};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes;
use crate::app::App;
use crate::domain::StateName;
use crate::domain::place::Note;
use crate::usecase::place_order::{self as usecase, Outcome, PlaceRequest, PlacedOrder};

/// Which quote to order, and how to pay.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PlaceBody {
    quote_id: QuoteId,
    payment_method_id: PaymentMethodId,
    /// For the restaurant.
    #[serde(default)]
    #[schema(value_type = Option<shapes::OrderNote>)]
    note: Option<Note>,
}

/// An order that was just placed.
#[derive(Debug, Serialize, ToSchema)]
pub struct PlacedView {
    order_id: OrderId,
    quote_id: QuoteId,
    state: StateName,
    restaurant_id: RestaurantId,
    #[schema(value_type = shapes::RestaurantName)]
    restaurant_name: String,
    /// What the quote showed, and what is authorised.
    total: Money,
    promised: Window,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Timestamp>,
    placed_at: Timestamp,
    /// Until when the payment may be authorised.
    pay_by: Timestamp,
}

/// Orders a quote.
///
/// A quote becomes at most one order. Refused with 409 when it cannot be ordered any more: `quote_expired`, `quote_used`,
/// `too_many_unpaid_orders` (two of the customer's wait for their payment), `quote_outdated`, `item_unavailable`, `kitchen_full`, `restaurant_paused`, `restaurant_closed`, `restaurant_suspended`.
#[utoipa::path(
    post,
    path = "/v1/orders",
    tag = "orders",
    params(("Idempotency-Key" = String, Header, description = "New for each order; the same again gives the same answer")),
    request_body = PlaceBody,
    responses(
        (status = 201, description = "The order", body = PlacedView),
        (status = 403, description = "Not a customer", body = Problem),
        (status = 404, description = "`quote_not_found`", body = Problem),
        (status = 409, description = "`too_many_unpaid_orders` with _order_ids_, or the quote cannot be ordered any more: `quote_expired`, `quote_used`, `quote_outdated`, `item_unavailable`, `restaurant_suspended`, `restaurant_paused`, `restaurant_closed`, `kitchen_full`, `delivery_too_slow` or `currency_not_served`", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn place_order(
    State(app): State<App>,
    principal: Principal,
    key: IdempotencyKey,
    RequestCause(cause): RequestCause,
    Json(body): Json<PlaceBody>,
) -> Result<Response, Problem> {
    principal.require(Role::Customer)?;
    let request = PlaceRequest {
        customer_id: principal.user_id,
        quote_id: body.quote_id,
        payment_method_id: body.payment_method_id,
        note: body.note.clone().map(String::from),
        key: key.request(&principal, "place_order", &body),
    };
    match usecase::place_order(&app, &request, &cause, answer).await? {
        Outcome::Placed(placed) => Ok((StatusCode::CREATED, Json(PlacedView::from(&*placed))).into_response()),
        Outcome::Known(precedent) => replay(precedent)?.ok_or_else(Problem::in_progress),
    }
}

/// The answer as it is kept for the request's repetition.
fn answer(placed: &PlacedOrder) -> Result<Answer, serde_json::Error> {
    Ok(Answer {
        status: StatusCode::CREATED.as_u16(),
        body: serde_json::to_string(&PlacedView::from(placed))?,
    })
}

impl From<&PlacedOrder> for PlacedView {
    fn from(placed: &PlacedOrder) -> Self {
        let order = &placed.placed.order;
        Self {
            order_id: order.id,
            quote_id: placed.quote_id,
            state: order.state.name(),
            restaurant_id: order.facts.restaurant_id,
            restaurant_name: order.facts.restaurant_name.clone(),
            total: order.facts.total,
            promised: order.facts.promised,
            scheduled_for: placed.scheduled_for,
            placed_at: order.facts.placed_at,
            pay_by: placed.placed.pay_by,
        }
    }
}
