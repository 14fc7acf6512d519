//! `POST /v1/deliveries/{delivery_id}/picked-up`.

use std::time::Duration;

use axum::extract::State;
use kernel::DeliveryId;
use runtime::{Json, Optional, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use super::shapes::EnteredOrderCode;
use super::views::DeliveryView;
use super::{about, courier_of, courier_step};
use crate::app::App;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::lifecycle::Rejection;
use crate::steps::Unstepped;
use crate::store::Loaded;

/// The kitchen's word takes a moment from service to service, and the courier comes the moment it is said: it is looked for so
/// often before the courier hears that the food is not ready.
const LOOKS: u32 = 7;
const LOOK_PAUSE: Duration = Duration::from_millis(500);

/// What the courier took.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PickUp {
    /// What the bag says: the last four characters of the order's id. It is compared if it is given, and has to be given as long
    /// as the kitchen has not said that the food is ready.
    #[schema(value_type = Option<EnteredOrderCode>)]
    order_code: Option<String>,
}

/// Say that you have the food
///
/// Food that the kitchen has not called ready is fetched with the code on its bag, which may be wrong five times; what is ready
/// is fetched without it. Saying it again changes nothing. The body may be left out.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/picked-up", operation_id = "mark_picked_up", tag = "deliveries",
    security(("token" = [])), request_body = Option<PickUp>, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Noted", body = DeliveryView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_; `food_not_ready` with _Retry-After_, or `order_code_locked`", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `order_code_wrong`", body = Problem),
))]
pub async fn mark_picked_up(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Optional(pick_up): Optional<PickUp>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let cause = about(&cause, delivery_id);
    let order_code = pick_up.order_code.as_deref();
    let command = |_: &Loaded| Some(Command::PickUp { courier_id, order_code });
    let mut looks = 1;
    let stepped = loop {
        match courier_step(&app, &cause, delivery_id, &command).await {
            Err(Unstepped::Rejected(Rejection::FoodNotReady)) if looks < LOOKS => {
                looks += 1;
                tokio::time::sleep(LOOK_PAUSE).await;
            }
            stepped => break stepped?,
        }
    };
    for event in &stepped.events {
        if let Event::CodeRefused { attempts_left } = event {
            return Err(super::rejected(Rejection::OrderCodeWrong).with("attempts_left", *attempts_left));
        }
    }
    Ok(Json(DeliveryView::new(delivery_id, &stepped.delivery)))
}
