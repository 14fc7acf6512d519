//! `POST /v1/deliveries/{delivery_id}/delivered`.

use axum::extract::State;
use kernel::DeliveryId;
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::views::DeliveryView;
use super::{about, courier_of, courier_step};
use crate::app::App;
use crate::domain::command::Command;
use crate::domain::event::Event;

/// How the customer proved to be the customer.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// What the customer said.
    #[schema(pattern = "^[0-9]{4}$")]
    pin: String,
}

/// Hand the food over
///
/// The customer sees the PIN while the courier is on the way. After five wrong ones the hand-over is locked, and only
/// `failed` is left. The same hand-over again changes nothing.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/delivered", operation_id = "delivered", tag = "deliveries",
    security(("token" = [])), request_body = HandOver, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Delivered", body = DeliveryView),
    (status = 400, description = "`malformed_json`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`wrong_state`, with the current `state`, or `pin_locked`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`, such as `pin_wrong` with `attempts_left`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn delivered(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(hand_over): Json<HandOver>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let four_digits = hand_over.pin.len() == 4 && hand_over.pin.bytes().all(|byte| byte.is_ascii_digit());
    if !four_digits {
        return Err(Problem::invalid("/pin", "invalid", "The PIN has four digits."));
    }
    let command = Command::HandOver {
        courier_id,
        pin: &hand_over.pin,
    };
    let stepped = courier_step(&app, &about(&cause, delivery_id), delivery_id, command).await?;
    for event in &stepped.events {
        if let Event::PinRefused { attempts_left, .. } = event {
            let problem = Problem::invalid("/pin", "pin_wrong", "This is not the customer's PIN.");
            return Err(problem.with("attempts_left", *attempts_left));
        }
    }
    Ok(Json(DeliveryView::new(delivery_id, &stepped.delivery)))
}
