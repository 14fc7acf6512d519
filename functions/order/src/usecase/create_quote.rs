//! A basket is priced, and the quote kept.

use ::store::{Commit, CommitError, StoreError};
use contracts::Cause;
use contracts::internal::{Address, Estimate, EstimateRequest};
use contracts::order::Stop;
use kernel::{AddressId, FieldError, Money, QuoteId, RestaurantId, SignedDuration, Timestamp, UserId};
use runtime::{CallError, ids};

use crate::app::App;
use crate::domain::price::{Offering, PricedLine, price};
use crate::domain::quote::{Plan, admit, fit, plan, prep_time, price_up, zone_of};
use crate::domain::{Basket, Priced, Refusal, estimate, kitchen};
use crate::store::{AmountsRecord, Contents, Known, QuoteRecord, known, loads, quote_key};

/// A quote is kept this much longer than it holds, so that a late order hears that it expired.
const KEPT_AFTERWARDS: SignedDuration = SignedDuration::from_hours(1);

/// What a customer asks for.
pub struct QuoteRequest {
    /// Who asks.
    pub customer_id: UserId,
    /// Where to order.
    pub restaurant_id: RestaurantId,
    /// What to order.
    pub basket: Basket,
    /// Where to bring it, or what is wrong with that.
    pub destination: Result<Destination, Vec<FieldError>>,
    /// Whether the food should be left at the door.
    pub leave_at_door: bool,
    /// For the courier.
    pub tip: Option<Money>,
    /// Whether a promotion's code was given.
    pub has_promotion_code: bool,
    /// When it should arrive; `None`: as soon as possible.
    pub scheduled_for: Option<Timestamp>,
}

/// A checked destination.
#[derive(Debug)]
pub enum Destination {
    /// Saved with the user service.
    Saved(AddressId),
    /// Given in the request.
    Given(Box<Address>),
}

/// A quote that was made.
pub struct Quoted {
    /// Its id.
    pub quote_id: QuoteId,
    pub restaurant_id: RestaurantId,
    /// What it would cost.
    pub priced: Priced,
    /// When it would be cooked and arrive.
    pub plan: Plan,
    /// When the customer wants it; `None`: as soon as possible.
    pub scheduled_for: Option<Timestamp>,
    /// Whose estimate of the delivery it has.
    pub source: EstimateSource,
}

/// Whose estimate of the delivery's cost and time a quote has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EstimateSource {
    /// The delivery service's.
    Live,
    /// Made from the distance, because the delivery service did not answer.
    Fallback,
}

/// Why there is no quote.
#[derive(Debug, thiserror::Error)]
pub enum QuoteError {
    /// Nothing is known of the restaurant.
    #[error("there is no such restaurant")]
    RestaurantMissing,
    /// The restaurant has not published a menu yet.
    #[error("the restaurant has no menu")]
    MenuMissing,
    /// The rules say no.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// The customer has no such saved address.
    #[error("there is no such address")]
    AddressMissing,
    /// The user service did not tell a saved address.
    #[error("the saved address could not be looked up")]
    AddressUnavailable,
    /// The table.
    #[error(transparent)]
    Commit(#[from] CommitError),
}

impl From<Refusal> for QuoteError {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<StoreError> for QuoteError {
    fn from(error: StoreError) -> Self {
        Self::Commit(error.into())
    }
}

/// Prices a basket and keeps the quote.
///
/// # Errors
/// See [`QuoteError`].
pub async fn create_quote(app: &App, request: QuoteRequest, cause: &Cause) -> Result<Quoted, QuoteError> {
    let (customer_id, restaurant_id) = (request.customer_id, request.restaurant_id);
    let (scheduled_for, leave_at_door, tip) = (request.scheduled_for, request.leave_at_door, request.tip);
    let known = known(&app.table, &app.menus, restaurant_id)
        .await?
        .ok_or(QuoteError::RestaurantMissing)?;
    let (lines, destination) = check(&known, request, cause.now)?;
    let to = address(app, customer_id, destination).await?;
    let terms = admit(&known.restaurant, to.position, scheduled_for, cause.now)?;
    let (estimate, source) = estimate(app, &known, &to, cause.now).await?;
    let planned = plan(&known.restaurant, terms, &estimate, scheduled_for, cause.now)?;
    let priced = price_up(&known.restaurant, terms, &estimate, lines, tip)?;
    let (plan, slot) = in_slot(app, &known, planned, priced.subtotal, scheduled_for.is_some()).await?;
    let quote_id: QuoteId = ids::new();
    let record = QuoteRecord {
        customer_id,
        restaurant_id,
        gate: known.gate,
        capacity: known.restaurant.capacity,
        slot,
        cook_at: plan.cook_at,
        ready_at: plan.ready_at,
        valid_until: plan.valid_until,
        expires_at: (plan.valid_until + KEPT_AFTERWARDS).as_second(),
        contents: Contents {
            leave_at_door,
            ..contents(&known, &priced, to, &plan, scheduled_for)
        },
    };
    let commit = Commit::new(cause).also_put(&quote_key(quote_id), &record);
    app.table.commit(commit).await?;
    Ok(Quoted {
        quote_id,
        restaurant_id,
        priced,
        plan,
        scheduled_for,
        source,
    })
}

/// Judges everything that needs nobody else's answer.
fn check(known: &Known, request: QuoteRequest, now: Timestamp) -> Result<(Vec<PricedLine>, Destination), QuoteError> {
    let menu = known.menu.as_deref().ok_or(QuoteError::MenuMissing)?;
    let zone = zone_of(&known.restaurant);
    let offering = Offering {
        menu,
        overrides: &known.overrides,
        zone: &zone,
        at: request.scheduled_for.unwrap_or(now),
        currency: known.restaurant.currency,
    };
    let mut defects = Vec::new();
    if request.has_promotion_code {
        let message = "There is no such promotion.";
        defects.push(FieldError::new("/promotion_code", "unknown_promotion", message));
    }
    let lines = price(&request.basket, offering).map_err(|found| defects.extend(found));
    let destination = request.destination.map_err(|found| defects.extend(found));
    match (lines, destination) {
        (Ok(lines), Ok(destination)) if defects.is_empty() => Ok((lines, destination)),
        _ => Err(Refusal::Invalid(defects).into()),
    }
}

/// The address itself. A saved one is the user service's to tell.
async fn address(app: &App, customer_id: UserId, destination: Destination) -> Result<Address, QuoteError> {
    let address_id = match destination {
        Destination::Given(address) => return Ok(*address),
        Destination::Saved(address_id) => address_id,
    };
    let path = format!("/internal/users/{customer_id}/addresses/{address_id}");
    app.internal.get(&path).await.map_err(|error| match error {
        CallError::NotFound(_) => QuoteError::AddressMissing,
        CallError::Refused { .. } | CallError::Unavailable { .. } => {
            tracing::warn!(error = %error, "a saved address could not be looked up");
            QuoteError::AddressUnavailable
        }
    })
}

/// What the delivery costs and when it arrives: the delivery service's word, or an own one if it gives none.
async fn estimate(
    app: &App,
    known: &Known,
    to: &Address,
    now: Timestamp,
) -> Result<(Estimate, EstimateSource), Refusal> {
    let restaurant = &known.restaurant;
    let question = EstimateRequest {
        pickup: restaurant.position,
        drop_off: to.position,
        restaurant_id: Some(restaurant.restaurant_id),
        ready_at: now + prep_time(restaurant),
        currency: restaurant.currency,
    };
    match app
        .internal
        .post::<_, Estimate>("/internal/delivery-estimates", &question)
        .await
    {
        Ok(estimate) if estimate.fee.currency() == restaurant.currency => {
            return Ok((estimate, EstimateSource::Live));
        }
        Ok(_) => tracing::error!("the delivery service estimates in another currency than it was asked"),
        // The delivery service understood the question: no courier rides that far.
        Err(CallError::Refused { status: 422, .. }) => return Err(Refusal::OutOfReach),
        Err(error) => tracing::warn!(error = %error, "quoting without the delivery service"),
    }
    let EstimateRequest {
        pickup,
        drop_off,
        ready_at,
        currency,
        restaurant_id: _,
    } = question;
    let estimate = estimate::fallback(pickup, drop_off, ready_at, currency, now).map_err(Refusal::CurrencyNotServed)?;
    Ok((estimate, EstimateSource::Fallback))
}

/// The plan in a slot of the kitchen with room for it, if the kitchen has slots. The place itself is taken by the order.
async fn in_slot(
    app: &App,
    known: &Known,
    plan: Plan,
    value: Money,
    scheduled: bool,
) -> Result<(Plan, Option<Timestamp>), QuoteError> {
    let Some(capacity) = &known.restaurant.capacity else {
        return Ok((plan, None));
    };
    let slots = kitchen::slots_from(capacity, plan.ready_at);
    let loads = loads(&app.table, known.restaurant.restaurant_id, &slots).await?;
    Ok(fit(&known.restaurant, plan, value, scheduled, &loads)?)
}

fn contents(known: &Known, priced: &Priced, to: Address, plan: &Plan, wish: Option<Timestamp>) -> Contents {
    let restaurant = &known.restaurant;
    let prep_seconds = plan.ready_at.duration_since(plan.cook_at).as_secs().max(0);
    Contents {
        name: restaurant.name.clone(),
        lines: priced.lines.iter().map(Into::into).collect(),
        amounts: AmountsRecord::from(priced),
        pickup: Stop {
            position: restaurant.position,
            address: restaurant.address.clone(),
            instructions: None,
            leave_at_door: false,
        },
        to,
        leave_at_door: false,
        promised: plan.promised,
        wish,
        release_at: plan.release_at,
        prep: u32::try_from((prep_seconds + 59) / 60).unwrap_or(u32::MAX),
    }
}
