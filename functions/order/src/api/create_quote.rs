//! `POST /v1/quotes`

mod address;

use ::store::{Budget, Commit};
use axum::extract::State;
use contracts::internal::{Address, Estimate, EstimateRequest};
use contracts::order::{Stop, Window};
use contracts::{Cause, menu::Menu};
use http::StatusCode;
use kernel::{Money, QuoteId, RestaurantId, Role, SignedDuration, Timestamp};
use runtime::{CallError, Json, Principal, Problem, RequestCause, ids};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::address::{DeliverTo, Destination};
use super::problems::invalid;
use super::shapes;
use super::view::PriceView;
use crate::app::App;
use crate::domain::basket::Note;
use crate::domain::price::{Offering, PricedLine, price};
use crate::domain::quote::{Plan, admit, fit, plan, prep_time, price_up, zone_of};
use crate::domain::{Basket, Choice, Defect, Line, Priced, Refusal, estimate, kitchen};
use crate::store::{AmountsRecord, Contents, Known, QuoteRecord, known, loads, quote_key};

/// A quote is kept this much longer than it holds, so that a late order hears that it expired.
const KEPT_AFTERWARDS: SignedDuration = SignedDuration::from_hours(1);

/// Quotes of one customer: an app makes one for each change of the basket. Each asks two services and is stored.
const CUSTOMER_BUDGET: Budget = Budget::new("create_quote", 150, SignedDuration::from_mins(10));

/// What to order, and where to bring it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QuoteBody {
    restaurant_id: RestaurantId,
    #[schema(min_items = 1, max_items = 50)]
    items: Vec<LineBody>,
    /// Either `address_id` alone, or an address.
    deliver_to: DeliverTo,
    /// For the courier.
    #[serde(default)]
    #[schema(value_type = Option<shapes::Tip>)]
    tip: Option<Money>,
    /// There are no promotions yet: every code is an unknown one.
    #[serde(default)]
    #[schema(value_type = Option<shapes::PromotionCode>)]
    promotion_code: Option<String>,
    /// When it should arrive; nothing: as soon as possible.
    #[serde(default)]
    #[schema(example = "2030-01-18T18:30:00Z")]
    scheduled_for: Option<Timestamp>,
}

/// An item of the menu.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineBody {
    /// The item on the menu.
    #[schema(value_type = shapes::ItemId)]
    item_id: String,
    /// How many.
    #[schema(minimum = 1, maximum = 99, example = 2)]
    quantity: u32,
    /// What is chosen with it: at most 50, all that is chosen in turn included.
    #[serde(default)]
    #[schema(max_items = 50)]
    options: Vec<ChoiceBody>,
    /// For the kitchen.
    #[serde(default)]
    #[schema(value_type = Option<shapes::KitchenNote>)]
    note: Option<Note>,
}

/// An option of one of its groups.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoiceBody {
    /// The group of the item, or of the option above.
    #[schema(value_type = shapes::GroupId)]
    group_id: String,
    /// The option in it.
    #[schema(value_type = shapes::OptionId)]
    option_id: String,
    /// How many.
    #[serde(default = "one")]
    #[schema(minimum = 1, maximum = 20, default = 1, example = 1)]
    quantity: u32,
    /// What is chosen with it in turn; three levels at most.
    #[serde(default)]
    #[schema(no_recursion, max_items = 50, example = json!([]))]
    options: Vec<ChoiceBody>,
}

const fn one() -> u32 {
    1
}

/// A priced basket that can be ordered until it expires.
#[derive(Debug, Serialize, ToSchema)]
pub struct QuoteView {
    quote_id: QuoteId,
    restaurant_id: RestaurantId,
    #[serde(flatten)]
    price: PriceView,
    /// When it would arrive.
    promised: Window,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_for: Option<Timestamp>,
    /// Whose estimate of the delivery it is.
    delivery_estimate: Source,
    expires_at: Timestamp,
}

/// Whose estimate of the delivery's cost and time a quote has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// The delivery service's.
    Live,
    /// Made from the distance, because the delivery service did not answer.
    Fallback,
}

/// Prices a basket.
///
/// The quote holds for fifteen minutes, or until the restaurant closes: what it shows is what is authorised. It is
/// refused with 409 while the restaurant takes no orders: `restaurant_paused`, `restaurant_closed`, `restaurant_suspended`,
/// `menu_missing`, `kitchen_full`, `delivery_too_slow`, `currency_not_served`. A total that the card provider would not
/// take at once is 422 here already: `amount_too_small`, `amount_too_large`, `amount_too_fine`.
#[utoipa::path(
    post,
    path = "/v1/quotes",
    tag = "quotes",
    request_body = QuoteBody,
    responses(
        (status = 201, description = "The quote", body = QuoteView),
        (status = 403, description = "Not a customer", body = Problem),
        (status = 404, description = "No such restaurant", body = Problem),
        (status = 409, description = "`restaurant_suspended`, `restaurant_paused` with _until_, `restaurant_closed` with _opens_at_, `menu_missing`, `kitchen_full`, `delivery_too_slow` or `currency_not_served`: the restaurant takes no orders now", body = Problem),
        (status = 422, description = "`invalid_body`. In _errors_: `out_of_reach`, `below_minimum_order` with _minimum_order_, `too_soon` with _earliest_, `too_far_ahead`, `unknown_address`, `unknown_promotion`, `unknown_item`, `item_unavailable`, `item_not_served_now`, `unknown_option_group`, `unknown_option`, `option_unavailable`, `too_few_options`, `too_many_options`, `too_deep`, `too_many`, `missing`, `empty`, `ambiguous`, `wrong_currency`, `amount_too_small`, `amount_too_large`, `amount_too_fine`", body = Problem),
        (status = 429, description = "`too_many_requests`", body = Problem),
        (status = 503, description = "A saved address could not be looked up", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn create_quote(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(body): Json<QuoteBody>,
) -> Result<(StatusCode, Json<QuoteView>), Problem> {
    principal.require(Role::Customer)?;
    app.table
        .spend(&CUSTOMER_BUDGET, &principal.user_id.to_string(), cause.now)
        .await?;
    let QuoteBody {
        restaurant_id,
        items,
        deliver_to,
        tip,
        promotion_code,
        scheduled_for,
    } = body;
    let known = known(&app.table, &app.menus, restaurant_id)
        .await?
        .ok_or_else(Problem::not_found)?;
    let leave_at_door = deliver_to.leave_at_door;
    let (lines, destination) = check(
        &known,
        &basket(items),
        deliver_to,
        promotion_code.is_some(),
        scheduled_for,
        &cause,
    )?;
    let to = address(&app, &principal, destination).await?;
    let terms = admit(&known.restaurant, to.position, scheduled_for, cause.now)?;
    let (estimate, source) = estimate(&app, &known, &to, &cause).await?;
    let planned = plan(&known.restaurant, terms, &estimate, scheduled_for, cause.now)?;
    let priced = price_up(&known.restaurant, terms, &estimate, lines, tip)?;
    let (planned, slot) = in_slot(&app, &known, planned, priced.subtotal, scheduled_for.is_some()).await?;
    let quote_id: QuoteId = ids::new();
    let record = QuoteRecord {
        customer_id: principal.user_id,
        restaurant_id,
        gate: known.gate,
        capacity: known.restaurant.capacity,
        slot,
        cook_at: planned.cook_at,
        ready_at: planned.ready_at,
        valid_until: planned.valid_until,
        expires_at: (planned.valid_until + KEPT_AFTERWARDS).as_second(),
        contents: Contents {
            leave_at_door,
            ..contents(&known, &priced, to, &planned, scheduled_for)
        },
    };
    let commit = Commit::new(&cause).also_put(&quote_key(quote_id), &record);
    app.table.commit(commit).await?;
    let view = QuoteView {
        quote_id,
        restaurant_id,
        price: priced.into(),
        promised: planned.promised,
        scheduled_for,
        delivery_estimate: source,
        expires_at: planned.valid_until,
    };
    Ok((StatusCode::CREATED, Json(view)))
}

fn basket(items: Vec<LineBody>) -> Basket {
    fn choice(body: ChoiceBody) -> Choice {
        Choice {
            group_id: body.group_id,
            option_id: body.option_id,
            quantity: body.quantity,
            options: body.options.into_iter().map(choice).collect(),
        }
    }
    let line = |body: LineBody| Line {
        item_id: body.item_id,
        quantity: body.quantity,
        options: body.options.into_iter().map(choice).collect(),
        note: body.note,
    };
    Basket {
        lines: items.into_iter().map(line).collect(),
    }
}

/// Everything that can be judged without asking anybody.
fn check(
    known: &Known,
    basket: &Basket,
    deliver_to: DeliverTo,
    has_code: bool,
    scheduled_for: Option<Timestamp>,
    cause: &Cause,
) -> Result<(Vec<PricedLine>, Destination), Problem> {
    let detail = "The restaurant has not published a menu yet.";
    let menu: &Menu = known
        .menu
        .as_deref()
        .ok_or_else(|| Problem::conflict("menu_missing", detail))?;
    let zone = zone_of(&known.restaurant);
    let offering = Offering {
        menu,
        overrides: &known.overrides,
        zone: &zone,
        at: scheduled_for.unwrap_or(cause.now),
        currency: known.restaurant.currency,
    };
    let mut defects = Vec::new();
    if has_code {
        let message = "There is no such promotion.";
        defects.push(Defect::new("/promotion_code", "unknown_promotion", message));
    }
    let lines = price(basket, offering).map_err(|found| defects.extend(found));
    let destination = Destination::try_from(deliver_to).map_err(|found| defects.extend(found));
    match (lines, destination) {
        (Ok(lines), Ok(destination)) if defects.is_empty() => Ok((lines, destination)),
        _ => Err(invalid(&defects)),
    }
}

/// The address itself. A saved one is the user service's to tell.
async fn address(app: &App, principal: &Principal, destination: Destination) -> Result<Address, Problem> {
    let address_id = match destination {
        Destination::Given(address) => return Ok(*address),
        Destination::Saved(address_id) => address_id,
    };
    let path = format!("/internal/users/{}/addresses/{address_id}", principal.user_id);
    app.internal.get(&path).await.map_err(|error| match error {
        CallError::NotFound(_) => {
            Problem::invalid("/deliver_to/address_id", "unknown_address", "You have no such address.")
        }
        CallError::Refused { .. } | CallError::Unavailable { .. } => {
            tracing::warn!(error = %error, "a saved address could not be looked up");
            Problem::unavailable()
        }
    })
}

/// What the delivery costs and when it arrives: the delivery service's word, or an own one if it gives none.
async fn estimate(app: &App, known: &Known, to: &Address, cause: &Cause) -> Result<(Estimate, Source), Problem> {
    let restaurant = &known.restaurant;
    let question = EstimateRequest {
        pickup: restaurant.position,
        drop_off: to.position,
        restaurant_id: Some(restaurant.restaurant_id),
        ready_at: cause.now + prep_time(restaurant),
        currency: restaurant.currency,
    };
    match app
        .internal
        .post::<_, Estimate>("/internal/delivery-estimates", &question)
        .await
    {
        Ok(estimate) if estimate.fee.currency() == restaurant.currency => return Ok((estimate, Source::Live)),
        Ok(_) => tracing::error!("the delivery service estimates in another currency than it was asked"),
        // It understood the question, and nobody would ride that far.
        Err(CallError::Refused { status: 422, .. }) => return Err(Refusal::OutOfReach.into()),
        Err(error) => tracing::warn!(error = %error, "quoting without the delivery service"),
    }
    let EstimateRequest {
        pickup,
        drop_off,
        ready_at,
        currency,
        restaurant_id: _,
    } = question;
    let estimate =
        estimate::fallback(pickup, drop_off, ready_at, currency, cause.now).map_err(Refusal::CurrencyNotServed)?;
    Ok((estimate, Source::Fallback))
}

/// The plan in a slot of the kitchen with room for it, if the kitchen has slots. The place itself is taken by the order.
async fn in_slot(
    app: &App,
    known: &Known,
    plan: Plan,
    value: Money,
    scheduled: bool,
) -> Result<(Plan, Option<Timestamp>), Problem> {
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
