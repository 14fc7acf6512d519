//! `GET /v1/couriers/me/offers`.

use axum::extract::State;
use runtime::{Json, Listing, Principal, Problem, RequestCause};

use super::courier_of;
use super::views::OfferView;
use crate::app::App;
use crate::domain::courier::Duty;
use crate::store::{self, Found};

/// List your live offers
///
/// At most one at a time.
#[utoipa::path(get, path = "/v1/couriers/me/offers", operation_id = "list_offers", tag = "offers",
    security(("token" = [])), responses(
    (status = 200, description = "The offers that may be answered", body = Listing<OfferView>),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem, content_type = "application/problem+json"),
    (status = 404, description = "`not_found`: apply first", body = Problem, content_type = "application/problem+json"),
))]
pub async fn list_offers(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
) -> Result<Json<Listing<OfferView>>, Problem> {
    let courier_id = courier_of(&principal)?;
    let Some((_, courier)) = store::courier(&app.table, courier_id).await? else {
        return Err(Problem::not_found());
    };
    let mut items = Vec::new();
    if let Duty::Considering {
        offer_id,
        delivery_id,
        expires_at,
    } = courier.duty
        && cause.now < expires_at
        && let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await?
        && let Some(offer) = loaded.delivery.progress.state.offer()
        && offer.offer_id == offer_id
    {
        items.push(OfferView::new(delivery_id, &loaded.delivery, offer));
    }
    let next_cursor = None;
    Ok(Json(Listing { items, next_cursor }))
}
