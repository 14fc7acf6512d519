//! `GET /v1/couriers/me/offers`.

use axum::extract::State;
use runtime::{Json, Listing, Principal, Problem, RequestCause};

use crate::api::callers::courier_of;
use crate::api::views::OfferView;
use crate::app::App;
use crate::domain::courier::LiveOffer;
use crate::store::{self, Found};

/// List your live offers
///
/// At most one at a time.
#[utoipa::path(get, path = "/v1/couriers/me/offers", operation_id = "list_offers", tag = "offers",
    security(("token" = [])), responses(
    (status = 200, description = "The offers that may be answered", body = Listing<OfferView>),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: apply first", body = Problem),
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
    if let Some(live) = courier.shift().and_then(|shift| shift.offer.as_ref())
        && cause.now < live.expires_at
    {
        items.extend(view(&app, live).await?);
    }
    let next_cursor = None;
    Ok(Json(Listing { items, next_cursor }))
}

/// The offer with those of its deliveries that still wait for the answer.
async fn view(app: &App, live: &LiveOffer) -> Result<Option<OfferView>, Problem> {
    let mut trip = Vec::new();
    for delivery_id in &live.deliveries {
        if let Found::Delivery(loaded) = store::load(&app.table, *delivery_id).await? {
            trip.push((*delivery_id, loaded.delivery));
        }
    }
    trip.retain(|(_, delivery)| {
        let offer = delivery.progress.state.offer();
        offer.is_some_and(|offer| offer.offer_id == live.offer_id)
    });
    let offer = trip
        .first()
        .and_then(|(_, delivery)| delivery.progress.state.offer().copied());
    let trip: Vec<_> = trip
        .iter()
        .map(|(delivery_id, delivery)| (*delivery_id, delivery))
        .collect();
    Ok(offer.and_then(|offer| OfferView::new(&offer, &trip)))
}
