//! `POST /v1/deliveries/{delivery_id}/picked-up`.

use axum::extract::State;
use kernel::DeliveryId;
use runtime::{Json, Optional, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::callers::courier_of;
use crate::api::shapes::EnteredOrderCode;
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::domain::event::Event;
use crate::domain::rejection::Rejection;
use crate::usecase;

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
    let order_code = pick_up.order_code.as_deref();
    let advanced = usecase::pick_up::pick_up(&app, &cause, courier_id, delivery_id, order_code).await?;
    for event in &advanced.events {
        if let Event::CodeRefused { attempts_left } = event {
            return Err(Problem::from(Rejection::OrderCodeWrong).with("attempts_left", *attempts_left));
        }
    }
    Ok(Json(DeliveryView::new(delivery_id, &advanced.delivery)))
}
