//! `POST /v1/offers/{offer_id}/accept`.

use axum::extract::State;
use kernel::OfferId;
use runtime::{Json, Path, Principal, Problem, RequestCause};

use super::views::DeliveryView;
use super::{about, courier_of, courier_step, refused};
use crate::app::App;
use crate::domain::command::Command;
use crate::store;

/// Take an offer
///
/// One acceptance wins; any later one, also by the same courier, gets 409. The route then says where to go.
#[utoipa::path(post, path = "/v1/offers/{offer_id}/accept", operation_id = "accept_offer", tag = "offers",
    security(("token" = [])), params(("offer_id" = OfferId, Path, description = "The offer")), responses(
    (status = 200, description = "The delivery is yours", body = DeliveryView),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: no offer, or not to you", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`offer_already_accepted`, `offer_declined`, `offer_expired`, `offer_withdrawn` or `offer_over`", body = Problem, content_type = "application/problem+json"),
))]
pub async fn accept_offer(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(offer_id): Path<OfferId>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let Some((_, courier)) = store::courier(&app.table, courier_id).await? else {
        return Err(Problem::not_found());
    };
    let delivery_id = courier.live_offer(offer_id, cause.now).map_err(refused)?;
    let accept = Command::Accept { offer_id, courier_id };
    let stepped = courier_step(&app, &about(cause, delivery_id), delivery_id, accept).await?;
    Ok(Json(DeliveryView::new(delivery_id, &stepped.delivery)))
}
