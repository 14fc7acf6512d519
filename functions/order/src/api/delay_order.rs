//! `POST /v1/orders/{order_id}/delay`

use axum::extract::State;
use kernel::OrderId;
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::act;
use super::views::OrderView;
use crate::app::App;
use crate::domain::{Command, KitchenReason};

/// The longest delay at once, in minutes.
pub const DELAY_MINUTES_MAX: u32 = 60;
/// The customer hears of each delay, so a minute at a time is none.
pub const DELAY_MINUTES_MIN: u32 = 5;

/// How much longer, and why.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DelayBody {
    /// In minutes.
    #[schema(minimum = 5, maximum = 60, example = 10)]
    minutes: u32,
    /// Why.
    reason: KitchenReason,
}

/// Says that the kitchen needs longer: the customer hears of it.
///
/// For the restaurant's staff, while it is being prepared. Delays add up, to four hours after the acceptance at most.
#[utoipa::path(
    post,
    path = "/v1/orders/{order_id}/delay",
    tag = "kitchen",
    params(("order_id" = OrderId, Path, description = "The order")),
    request_body = DelayBody,
    responses(
        (status = 200, description = "The order with its new time", body = OrderView),
        (status = 403, description = "Not the restaurant's staff", body = Problem),
        (status = 404, description = "No such order, or not yours", body = Problem),
        (status = 409, description = "`wrong_state`: it is not being prepared; _state_ says where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn delay_order(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
    Json(DelayBody { minutes, reason }): Json<DelayBody>,
) -> Result<Json<OrderView>, Problem> {
    if !(DELAY_MINUTES_MIN..=DELAY_MINUTES_MAX).contains(&minutes) {
        let message = format!("{DELAY_MINUTES_MIN} to {DELAY_MINUTES_MAX} minutes.");
        return Err(Problem::invalid("/minutes", "out_of_range", message));
    }
    let seen = act(&app, &principal, order_id, &Command::Delay { minutes, reason }, &cause).await?;
    Ok(Json(seen.into()))
}
