//! `POST /v1/offers/{offer_id}/decline`.

use crate::api::shapes::DeclineReasonName;
use axum::extract::State;
use contracts::vocabulary::DeclineReason;
use kernel::OfferId;
use runtime::{Json, Path, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::callers::courier_of;
use crate::app::App;
use crate::domain::command::{Command, Ending};
use crate::domain::courier::{CourierRejection, OfferEnd};
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::answer_offer::answer_offer;

/// Why an offer is declined.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    /// Why.
    #[schema(value_type = DeclineReasonName)]
    reason: DeclineReason,
}

/// A declined offer.
#[derive(Debug, Serialize, ToSchema)]
pub struct Declined {
    /// The offer.
    offer_id: OfferId,
    /// What became of it.
    status: DeclinedStatus,
}

/// Always `declined`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DeclinedStatus {
    /// The only value.
    Declined,
}

/// Decline an offer
///
/// It goes to the next courier at once, and its deliveries are not offered to you again. Declining again changes nothing.
#[utoipa::path(post, path = "/v1/offers/{offer_id}/decline", operation_id = "decline_offer", tag = "offers",
    security(("token" = [])), request_body = Decline, params(("offer_id" = OfferId, Path, description = "The offer")), responses(
    (status = 200, description = "Declined", body = Declined),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: no offer, or not to you", body = Problem),
    (status = 409, description = "`offer_already_accepted`, `offer_expired`, `offer_withdrawn` or `offer_over`", body = Problem),
))]
pub async fn decline_offer(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(offer_id): Path<OfferId>,
    Json(decline): Json<Decline>,
) -> Result<Json<Declined>, Problem> {
    let courier_id = courier_of(&principal)?;
    let ending = Ending::Declined(decline.reason);
    let end = Command::EndOffer { offer_id, ending };
    match answer_offer(&app, &cause, courier_id, offer_id, end).await {
        Ok(_) | Err(AdvanceError::CourierRejected(CourierRejection::OfferOver(OfferEnd::Declined))) => {
            Ok(Json(Declined {
                offer_id,
                status: DeclinedStatus::Declined,
            }))
        }
        Err(error) => Err(error.into()),
    }
}
