//! `POST /v1/orders/{order_id}/accept`

use axum::extract::State;
use kernel::OrderId;
use runtime::{Json, Optional, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::access::act;
use super::views::OrderView;
use crate::app::App;
use crate::domain::Command;

/// The longest that a kitchen may ask for, in minutes.
pub const PREP_MINUTES_MAX: u32 = 180;

/// How long the kitchen needs.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// In minutes; nothing: as long as was thought when it was ordered.
    #[serde(default)]
    #[schema(minimum = 1, maximum = 180, example = 15)]
    prep_minutes: Option<u32>,
}

/// Takes an order: the kitchen begins to cook.
///
/// For the restaurant's staff. Accepting it again does nothing.
#[utoipa::path(
    post,
    path = "/v1/orders/{order_id}/accept",
    tag = "kitchen",
    params(("order_id" = OrderId, Path, description = "The order")),
    request_body(content = Option<AcceptBody>),
    responses(
        (status = 200, description = "The order, which is being prepared", body = OrderView),
        (status = 403, description = "Not the restaurant's staff", body = Problem),
        (status = 404, description = "No such order, or not yours", body = Problem),
        (status = 409, description = "`wrong_state`: somebody was faster; _state_ says where it stands", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn accept_order(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(order_id): Path<OrderId>,
    Optional(body): Optional<AcceptBody>,
) -> Result<Json<OrderView>, Problem> {
    let AcceptBody { prep_minutes } = body;
    if prep_minutes.is_some_and(|minutes| !(1..=PREP_MINUTES_MAX).contains(&minutes)) {
        let message = format!("1 to {PREP_MINUTES_MAX} minutes.");
        return Err(Problem::invalid("/prep_minutes", "out_of_range", message));
    }
    let seen = act(&app, &principal, order_id, &Command::Accept { prep_minutes }, &cause).await?;
    Ok(Json(seen.into()))
}
