//! The HTTP operations, one file each, named as the operation.

mod accept_offer;
mod apply_as_courier;
mod approve_courier;
mod begin_photo_upload;
mod cancel_shift;
mod decline_offer;
mod end_shift;
mod estimate_delivery;
mod find_zones;
mod get_courier;
mod get_courier_trail;
mod get_route;
mod get_zone_board;
mod incidents;
mod judge_failure;
mod list_applicants;
mod list_failure_reviews;
mod list_incidents;
mod list_offers;
mod list_shifts;
mod mark_arrived_at_customer;
mod mark_arrived_at_restaurant;
mod mark_delivered;
mod mark_failed;
mod mark_picked_up;
mod mark_returned;
mod plan_shift;
mod reinstate_courier;
mod reject_courier;
mod report_incident;
mod report_locations;
mod resume_shift;
mod review;
mod shapes;
mod start_shift;
mod suspend_courier;
mod take_break;
mod track_delivery;
mod unassign_courier;
mod views;

use ::store::Freshness;
use axum::Router;
use kernel::{CourierId, DeliveryId, OfferId, Position, Role, Timestamp, TypedId as _};
use runtime::openapi::Register;
use runtime::routes;
use runtime::{Cause, Json, Principal, Problem};
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use self::views::DeliveryView;
use crate::app::App;
use crate::domain::Facts;
use crate::domain::command::Command;
use crate::domain::courier::{LiveOffer, OfferEnd, Refusal};
use crate::domain::lifecycle::{Rejection, Until};
use crate::domain::presence::{Presence, presence};
use crate::domain::transitions::Verb;
use crate::domain::work::Exhausted;
use crate::steps::{Stepped, Unstepped, Wanted, about, follow_up, step, step_all};
use crate::store::{self, Found, Loaded};

/// When it may be asked again whether food is ready.
const FOOD_RETRY_SECONDS: u32 = 30;

/// The service's operations and its documentation.
pub fn router(app: App) -> Router {
    let router = operations(Router::new()).with_state(app);
    runtime::docs::docs(router, "delivery", include_str!("../openapi.json"))
}

/// What describes the API.
#[cfg(test)]
fn document() -> OpenApi {
    let document = runtime::openapi::document(
        "Tiffin delivery API",
        "Couriers, offers and the way of a meal to its customer.",
        &[
            ("couriers", "Applying as a courier, shifts, positions and routes."),
            ("offers", "What a courier is asked to bring."),
            ("deliveries", "The way of an order to its customer."),
            ("zones", "Where dispatch plans, as operators see it."),
            ("internal", "What other services ask."),
        ],
    );
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

/// The operations.
fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(apply_as_courier::apply_as_courier))
        .routes(routes!(list_applicants::list_applicants))
        .routes(routes!(approve_courier::approve_courier))
        .routes(routes!(reject_courier::reject_courier))
        .routes(routes!(suspend_courier::suspend_courier))
        .routes(routes!(reinstate_courier::reinstate_courier))
        .routes(routes!(plan_shift::plan_shift))
        .routes(routes!(list_shifts::list_shifts))
        .routes(routes!(cancel_shift::cancel_shift))
        .routes(routes!(start_shift::start_shift))
        .routes(routes!(end_shift::end_shift))
        .routes(routes!(take_break::take_break))
        .routes(routes!(resume_shift::resume_shift))
        .routes(routes!(get_courier::get_courier))
        .routes(routes!(report_locations::report_locations))
        .routes(routes!(get_courier_trail::get_courier_trail))
        .routes(routes!(list_offers::list_offers))
        .routes(routes!(accept_offer::accept_offer))
        .routes(routes!(decline_offer::decline_offer))
        .routes(routes!(get_route::get_route))
        .routes(routes!(mark_arrived_at_restaurant::mark_arrived_at_restaurant))
        .routes(routes!(mark_picked_up::mark_picked_up))
        .routes(routes!(mark_arrived_at_customer::mark_arrived_at_customer))
        .routes(routes!(mark_delivered::mark_delivered))
        .routes(routes!(mark_failed::mark_failed))
        .routes(routes!(list_failure_reviews::list_failure_reviews))
        .routes(routes!(judge_failure::judge_failure))
        .routes(routes!(unassign_courier::unassign_courier))
        .routes(routes!(mark_returned::mark_returned))
        .routes(routes!(begin_photo_upload::begin_photo_upload))
        .routes(routes!(report_incident::report_incident))
        .routes(routes!(list_incidents::list_incidents))
        .routes(routes!(find_zones::find_zones))
        .routes(routes!(get_zone_board::get_zone_board))
        .routes(routes!(track_delivery::track_delivery))
        .routes(routes!(estimate_delivery::estimate_delivery))
}

/// The courier that a person is, who must have the role.
fn courier_of(principal: &Principal) -> Result<CourierId, Problem> {
    principal.require(Role::Courier)?;
    Ok(CourierId::from_uuid(principal.user_id.uuid()))
}

/// A courier at work. Who lost the role with food in the bag is one until it is brought.
async fn at_work(app: &App, principal: &Principal) -> Result<CourierId, Problem> {
    let courier_id = CourierId::from_uuid(principal.user_id.uuid());
    if principal.has(Role::Courier) {
        return Ok(courier_id);
    }
    let found = store::courier(&app.table, courier_id).await?;
    let has_jobs = found.is_some_and(|(_, courier)| !courier.jobs().is_empty());
    has_jobs.then_some(courier_id).ok_or_else(Problem::forbidden)
}

/// The courier of a delivery. Who lost the role on the way brings what is in the bag all the same.
async fn carrier_of(app: &App, principal: &Principal, delivery_id: DeliveryId) -> Result<CourierId, Problem> {
    if let Ok(courier_id) = courier_of(principal) {
        return Ok(courier_id);
    }
    carries(app, principal, delivery_id)
        .await?
        .ok_or_else(Problem::forbidden)
}

/// Does a courier's step and what follows it.
async fn courier_step(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    command: &Wanted<'_, '_>,
) -> Result<Stepped, Unstepped> {
    let stepped = step(app, cause, delivery_id, command).await?;
    follow_up(app, cause, &[(delivery_id, stepped.clone())]).await;
    Ok(stepped)
}

/// A courier says that he has arrived, which is compared with where he was seen.
async fn arrive(
    app: &App,
    cause: &Cause,
    principal: &Principal,
    delivery_id: DeliveryId,
    command: fn(&Facts, CourierId, &Seen<'_>) -> Command<'static>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = carrier_of(app, principal, delivery_id).await?;
    let cause = about(cause, delivery_id);
    // A moment old is new enough: a device reports more often than its courier arrives, and he may say it again.
    let seen = store::whereabouts(&app.table, courier_id, Freshness::Recent).await?;
    let seen = |place| presence(seen.as_ref(), place, cause.now);
    let command = |loaded: &Loaded| Some(command(&loaded.delivery.facts, courier_id, &seen));
    let stepped = courier_step(app, &cause, delivery_id, &command).await?;
    Ok(Json(DeliveryView::new(delivery_id, &stepped.delivery)))
}

/// Where a courier was seen, as seen from a place.
type Seen<'a> = dyn Fn(Position) -> Presence + Sync + 'a;

/// Who ends a delivery that did not work out.
#[derive(Clone, Copy)]
enum By {
    /// Its courier.
    Courier(CourierId),
    /// An operator, for a courier who is lost.
    Operator,
}

/// Who carries it says so as its courier, also if an operator.
async fn by_courier_or_operator(app: &App, principal: &Principal, delivery_id: DeliveryId) -> Result<By, Problem> {
    if !principal.has(Role::Operator) {
        return carrier_of(app, principal, delivery_id).await.map(By::Courier);
    }
    let carried = carries(app, principal, delivery_id).await?;
    Ok(carried.map_or(By::Operator, By::Courier))
}

/// The caller as the courier who carries or carried a delivery, if so.
async fn carries(app: &App, principal: &Principal, delivery_id: DeliveryId) -> Result<Option<CourierId>, Problem> {
    let own = CourierId::from_uuid(principal.user_id.uuid());
    Ok(match store::load(&app.table, delivery_id).await? {
        Found::Delivery(loaded) => loaded
            .delivery
            .progress
            .state
            .carrier()
            .filter(|carrier| *carrier == own),
        Found::CalledOff | Found::Nothing => None,
    })
}

/// Does what its courier or an operator says about a delivery, and what follows it.
async fn close(
    app: &App,
    cause: &Cause,
    delivery_id: DeliveryId,
    by: By,
    command: &(dyn Fn(CourierId, &Facts) -> Command<'static> + Sync),
) -> Result<Stepped, Problem> {
    let stepped = step(app, cause, delivery_id, |loaded| {
        let courier_id = match by {
            By::Courier(courier_id) => Some(courier_id),
            By::Operator => loaded.delivery.progress.state.carrier(),
        };
        courier_id.map(|courier_id| command(courier_id, &loaded.delivery.facts))
    });
    let stepped = stepped.await?;
    let state = &stepped.delivery.progress.state;
    if state.carrier().is_none() {
        let (phase, verb) = (state.phase(), Verb::Fail);
        return Err(rejected(Rejection::WrongState { phase, verb }));
    }
    follow_up(app, cause, &[(delivery_id, stepped.clone())]).await;
    Ok(stepped)
}

/// The live offer to a courier. What was a moment ago is enough to find it, and not enough to refuse.
async fn live_offer(
    app: &App,
    courier_id: CourierId,
    offer_id: OfferId,
    now: Timestamp,
) -> Result<Result<LiveOffer, Refusal>, Problem> {
    if let Some((_, courier)) = store::courier_fresh(&app.table, courier_id, Freshness::Recent).await?
        && let Ok(offer) = courier.live_offer(offer_id, now)
    {
        return Ok(Ok(offer.clone()));
    }
    let found = store::courier(&app.table, courier_id).await?;
    Ok(found.map_or(Err(Refusal::NeverAsked), |(_, courier)| {
        courier.live_offer(offer_id, now).cloned()
    }))
}

/// Does a courier's answer to an offer, with all of its deliveries at once, and what follows it.
async fn answer_offer(
    app: &App,
    cause: &Cause,
    deliveries: &[DeliveryId],
    command: Command<'_>,
) -> Result<Vec<(DeliveryId, Stepped)>, Problem> {
    let steps = step_all(app, cause, deliveries, &|_| Some(command)).await?;
    follow_up(app, cause, &steps).await;
    Ok(steps)
}

impl From<Unstepped> for Problem {
    fn from(unstepped: Unstepped) -> Self {
        match unstepped {
            Unstepped::Missing | Unstepped::CalledOff => Self::not_found(),
            Unstepped::Rejected(rejection) => rejected(rejection),
            Unstepped::Refused(refusal) => refused(refusal),
            Unstepped::Store(error) => error.into(),
        }
    }
}

fn rejected(rejection: Rejection) -> Problem {
    match rejection {
        // What is not yours does not exist.
        Rejection::NotYours => Problem::not_found(),
        Rejection::WrongState { phase, .. } => {
            Problem::conflict("wrong_state", sentence(&rejection)).with("state", phase.as_str())
        }
        Rejection::OfferOver => Problem::conflict("offer_over", sentence(&rejection)),
        Rejection::FoodNotReady => {
            Problem::conflict("food_not_ready", sentence(&rejection)).retry_after(FOOD_RETRY_SECONDS)
        }
        Rejection::OrderCodeWrong => Problem::invalid("/order_code", "order_code_wrong", sentence(&rejection)),
        Rejection::OrderCodeLocked => Problem::conflict("order_code_locked", sentence(&rejection)),
        Rejection::NotSeenAtDoor => Problem::conflict("not_seen_at_the_door", sentence(&rejection)),
        Rejection::NothingToJudge => Problem::conflict("nothing_to_judge", sentence(&rejection)),
        Rejection::PinLocked => Problem::conflict("pin_locked", sentence(&rejection)),
        Rejection::NotAtDoor => Problem::conflict("not_at_customer", sentence(&rejection)),
        Rejection::PhotoNotEnough { until } => wait("photo_not_enough", &rejection, until),
        Rejection::WaitLonger { until } => wait("wait_longer", &rejection, until),
    }
}

/// What is possible once a time is over.
fn wait(code: &str, rejection: &Rejection, until: Until) -> Problem {
    let seconds = u32::try_from(until.left.as_secs() + 1).unwrap_or(u32::MAX);
    let problem = Problem::conflict(code, sentence(rejection)).with("wait_until", until.at.to_string());
    problem.retry_after(seconds)
}

fn refused(refusal: Refusal) -> Problem {
    let code = match refusal {
        Refusal::NeverAsked => return Problem::not_found(),
        Refusal::NotApproved => "courier_not_approved",
        Refusal::Approved => "courier_approved",
        Refusal::Suspended => "courier_suspended",
        Refusal::RoleLost => return Problem::forbidden(),
        Refusal::DocumentExpired => "document_expired",
        Refusal::OffShift => "off_shift",
        Refusal::Bound => "not_free_for_a_break",
        Refusal::Worked(exhausted) => return worked(&refusal, exhausted),
        Refusal::NotFree => "courier_not_free",
        Refusal::OfferOver(OfferEnd::Accepted) => "offer_already_accepted",
        Refusal::OfferOver(OfferEnd::Declined) => "offer_declined",
        Refusal::OfferOver(OfferEnd::Expired) => "offer_expired",
        Refusal::OfferOver(OfferEnd::Withdrawn) => "offer_withdrawn",
    };
    Problem::conflict(code, sentence(&refusal))
}

/// The market's rules say that it is enough.
fn worked(refusal: &Refusal, exhausted: Exhausted) -> Problem {
    let seconds = u32::try_from(exhausted.left.as_secs() + 1).unwrap_or(u32::MAX);
    Problem::conflict("working_time_exceeded", sentence(refusal))
        .with("limit", exhausted.limit.as_str())
        .with("until", exhausted.until.to_string())
        .retry_after(seconds)
}

/// An error's text as a sentence.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    #[test]
    fn the_committed_document_is_what_the_handlers_say() {
        let committed = Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi.json");
        runtime::openapi::check(&committed, &super::document()).unwrap();
    }
}
