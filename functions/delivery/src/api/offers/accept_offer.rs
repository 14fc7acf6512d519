//! `POST /v1/offers/{offer_id}/accept`.

use axum::extract::State;
use kernel::OfferId;
use runtime::{Json, Path, Principal, Problem, RequestCause};

use crate::api::callers::courier_of;
use crate::api::views::{DeliveryView, TakenView};
use crate::app::App;
use crate::domain::command::Command;
use crate::usecase::answer_offer::answer_offer;

/// Take an offer
///
/// With all of its deliveries: a bundle is taken as a whole. One acceptance wins; any later one, also by the same courier,
/// gets 409. The route then says where to go.
#[utoipa::path(post, path = "/v1/offers/{offer_id}/accept", operation_id = "accept_offer", tag = "offers",
    security(("token" = [])), params(("offer_id" = OfferId, Path, description = "The offer")), responses(
    (status = 200, description = "The deliveries are yours", body = TakenView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: no offer, or not to you", body = Problem),
    (status = 409, description = "`offer_already_accepted`, `offer_declined`, `offer_expired`, `offer_withdrawn` or `offer_over`", body = Problem),
))]
pub async fn accept_offer(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(offer_id): Path<OfferId>,
) -> Result<Json<TakenView>, Problem> {
    let courier_id = courier_of(&principal)?;
    let accept = Command::Accept { offer_id, courier_id };
    let accepted = answer_offer(&app, &cause, courier_id, offer_id, accept).await?;
    let views: Vec<DeliveryView> = accepted
        .iter()
        .map(|(delivery_id, advanced)| DeliveryView::new(*delivery_id, &advanced.delivery))
        .collect();
    let taken = views.first().cloned().ok_or_else(Problem::not_found)?;
    Ok(Json(TakenView {
        first: taken,
        deliveries: views,
    }))
}
