//! What an order would cost and when it would come: the terms that a quote fixes for a quarter of an hour.

use contracts::internal::Estimate;
use contracts::menu::Menu;
use contracts::order::Window;
use contracts::restaurant::{Snapshot, Status};
use kernel::{
    BasisPoints, FieldError, Money, MoneyError, NotServed, Opening, Position, ServedCurrency, SignedDuration, TimeZone,
    Timestamp,
};

use super::kitchen::{self, Load};
use super::price::{Offering, PricedLine, basket_of, price, subtotal};
use super::reach::{Reach, reach};
use super::{Overrides, Tariff};

/// How long a quote holds.
pub const QUOTE_LIFETIME: SignedDuration = SignedDuration::from_mins(15);
/// How far ahead an order may be scheduled: an authorisation lasts seven days, and the order must end within it.
pub const SCHEDULE_AHEAD_MAX: SignedDuration = SignedDuration::from_hours(5 * 24);
/// A scheduled order reaches the restaurant this much before it must begin to cook.
pub const RELEASE_LEAD: SignedDuration = SignedDuration::from_mins(10);
/// The promise of a scheduled order is at least this wide.
pub const WINDOW_MIN: SignedDuration = SignedDuration::from_mins(15);

/// What the platform takes for its service: this share of the food, within the bounds of the currency's [`Tariff`].
const SERVICE_FEE: BasisPoints = BasisPoints(500);

/// Why there is no quote, or why a quote does not become an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// The platform has no such restaurant.
    Unknown,
    /// An operator took the restaurant off the platform.
    Suspended,
    /// The restaurant takes no orders for a while.
    Paused {
        /// When it ends; `None` means until further notice.
        until: Option<Timestamp>,
    },
    /// The restaurant is closed when it would have to cook.
    Closed {
        /// When it opens.
        opens_at: Option<Timestamp>,
    },
    /// The restaurant does not deliver there.
    OutOfReach,
    /// The food would come later than the restaurant promises at the longest.
    TooSlow,
    /// The wish is sooner than possible.
    TooSoon {
        /// The earliest that can be wished for.
        earliest: Timestamp,
    },
    /// The wish is farther ahead than [`SCHEDULE_AHEAD_MAX`].
    TooFarAhead,
    /// Less food than the restaurant delivers.
    BelowMinimum {
        /// The least.
        minimum: Money,
    },
    /// The kitchen has no room in any of the next slots.
    KitchenFull,
    /// Something is wrong with the request's values.
    Invalid(Vec<FieldError>),
    /// Prices, taxes or the delivery area changed since the quote.
    Outdated,
    /// The restaurant's prices are in a currency for which the platform has no amounts.
    CurrencyNotServed(NotServed),
}

/// When an order would be cooked and arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Plan {
    /// When the kitchen begins.
    pub cook_at: Timestamp,
    /// When the food is ready.
    pub ready_at: Timestamp,
    /// When it arrives.
    pub promised: Window,
    /// When the restaurant is asked; `None` means as soon as the order is paid for.
    pub release_at: Option<Timestamp>,
    /// Until when the quote can be ordered.
    pub valid_until: Timestamp,
}

/// What an order costs, part by part.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Priced {
    /// The food, line by line.
    pub lines: Vec<PricedLine>,
    /// The sum of the lines.
    pub subtotal: Money,
    /// For bringing it.
    pub delivery_fee: Money,
    /// For the platform.
    pub service_fee: Money,
    /// For ordering little.
    pub small_order_fee: Money,
    /// What is taken off.
    pub discount: Money,
    /// The tax on the food.
    pub tax: Money,
    /// Whether the prices include the tax; if not, it is a part of the total.
    pub tax_included: bool,
    /// For the courier.
    pub tip: Money,
    /// What the customer pays.
    pub total: Money,
}

/// Whether the restaurant takes orders at all, and delivers to a place: what can be said before anybody else is asked.
///
/// # Errors
/// See [`Refusal`].
pub fn admit(
    restaurant: &Snapshot,
    place: Position,
    scheduled_for: Option<Timestamp>,
    now: Timestamp,
) -> Result<Reach, Refusal> {
    match restaurant.status {
        Status::Draft | Status::Submitted => return Err(Refusal::Unknown),
        Status::Suspended => return Err(Refusal::Suspended),
        Status::Approved => {}
    }
    ServedCurrency::try_from(restaurant.currency).map_err(Refusal::CurrencyNotServed)?;
    let terms = reach(restaurant, place).ok_or(Refusal::OutOfReach)?;
    if let Some(wish) = scheduled_for {
        if wish > now + SCHEDULE_AHEAD_MAX {
            return Err(Refusal::TooFarAhead);
        }
    } else {
        working(restaurant, now, now)?;
    }
    Ok(terms)
}

/// Works out when the order would be cooked and arrive. `estimate` is for food that is ready after the usual time from
/// now; a scheduled order takes its way and its width from it.
///
/// # Errors
/// See [`Refusal`].
pub fn plan(
    restaurant: &Snapshot,
    terms: Reach,
    estimate: &Estimate,
    scheduled_for: Option<Timestamp>,
    now: Timestamp,
) -> Result<Plan, Refusal> {
    let prep = prep_time(restaurant);
    let window = estimate.window;
    let Some(wish) = scheduled_for else {
        let closes_at = working(restaurant, now, now)?;
        let longest = terms
            .max_minutes
            .map(|minutes| now + SignedDuration::from_mins(i64::from(minutes)));
        if longest.is_some_and(|longest| window.to > longest) {
            return Err(Refusal::TooSlow);
        }
        return Ok(Plan {
            cook_at: now,
            ready_at: now + prep,
            promised: window,
            release_at: None,
            valid_until: closes_at.min(now + QUOTE_LIFETIME),
        });
    };
    if wish < window.from {
        return Err(Refusal::TooSoon { earliest: window.from });
    }
    let way = window.from.duration_since(now + prep).max(SignedDuration::ZERO);
    let width = window.to.duration_since(window.from).max(WINDOW_MIN);
    let ready_at = wish - way;
    let cook_at = ready_at - prep;
    working(restaurant, cook_at.max(now), ready_at)?;
    Ok(Plan {
        cook_at,
        ready_at,
        promised: Window {
            from: wish,
            to: wish + width,
        },
        release_at: Some(cook_at - RELEASE_LEAD).filter(|release_at| *release_at > now),
        valid_until: now + QUOTE_LIFETIME,
    })
}

/// How long the kitchen usually needs.
#[must_use]
pub fn prep_time(restaurant: &Snapshot) -> SignedDuration {
    SignedDuration::from_mins(i64::from(restaurant.prep_time_minutes))
}

/// When the kitchen closes, if it works at one moment and still does at another.
fn working(restaurant: &Snapshot, from: Timestamp, to: Timestamp) -> Result<Timestamp, Refusal> {
    if let Some(pause) = &restaurant.pause
        && pause.until.is_none_or(|until| until > from)
    {
        return Err(Refusal::Paused { until: pause.until });
    }
    match restaurant.hours.at(&zone_of(restaurant), from) {
        Opening::Open { closes_at } if to <= closes_at => Ok(closes_at),
        Opening::Open { .. } => Err(Refusal::Closed { opens_at: None }),
        Opening::Closed { opens_at } => Err(Refusal::Closed { opens_at }),
    }
}

/// The restaurant's time zone. Its own service checked the name, so the fallback only keeps a typing error from stopping
/// every order.
#[must_use]
pub fn zone_of(restaurant: &Snapshot) -> TimeZone {
    restaurant.time_zone.parse().unwrap_or_else(|_| TimeZone::utc())
}

/// Moves a plan into the first slot with room for a value; an order that waits for a slot arrives that much later.
///
/// # Errors
/// [`Refusal::KitchenFull`] when none of the slots has room, or when the customer's own time has none.
pub fn fit(
    restaurant: &Snapshot,
    plan: Plan,
    value: Money,
    scheduled: bool,
    loads: &[(Timestamp, Load)],
) -> Result<(Plan, Option<Timestamp>), Refusal> {
    let Some(capacity) = &restaurant.capacity else {
        return Ok((plan, None));
    };
    let mut slots = loads
        .iter()
        .filter(|(_, load)| kitchen::has_room(capacity, *load, value));
    let (slot, _) = slots.next().ok_or(Refusal::KitchenFull)?;
    let wait = slot.duration_since(plan.ready_at).max(SignedDuration::ZERO);
    if wait.is_zero() {
        return Ok((plan, Some(*slot)));
    }
    if scheduled {
        return Err(Refusal::KitchenFull);
    }
    let promised = Window {
        from: plan.promised.from + wait,
        to: plan.promised.to + wait,
    };
    let ready_at = plan.ready_at + wait;
    // The kitchen must not have gone home by then.
    working(restaurant, plan.cook_at, ready_at).map_err(|_| Refusal::KitchenFull)?;
    Ok((
        Plan {
            ready_at,
            promised,
            ..plan
        },
        Some(*slot),
    ))
}

/// Adds up what an order costs.
///
/// # Errors
/// See [`Refusal`].
pub fn price_up(
    restaurant: &Snapshot,
    terms: Reach,
    estimate: &Estimate,
    lines: Vec<PricedLine>,
    tip: Option<Money>,
) -> Result<Priced, Refusal> {
    let currency = restaurant.currency;
    let tariff = Tariff::try_from(currency).map_err(Refusal::CurrencyNotServed)?;
    let food = subtotal(&lines, currency).map_err(too_large)?;
    if let Some(minimum) = terms.minimum_order.filter(|minimum| food.amount() < minimum.amount()) {
        return Err(Refusal::BelowMinimum { minimum });
    }
    let tip = tip.unwrap_or(Money::zero(currency));
    check_tip(tip, food, &tariff)?;
    let rate = BasisPoints(restaurant.tax.rate_bps);
    let tax_included = restaurant.tax.inclusive;
    let discount = Money::zero(currency);
    let mut priced = Priced {
        subtotal: food,
        delivery_fee: terms.fee.unwrap_or(estimate.fee),
        service_fee: service_fee(food, &tariff),
        small_order_fee: small_order_fee(food, &tariff),
        discount,
        tax: tax(food, rate, tax_included),
        tax_included,
        tip,
        total: food,
        lines,
    };
    priced.total = total(&priced).map_err(too_large)?;
    // What the card provider would refuse is refused here, before anybody has ordered.
    priced.total.check_charge().map_err(|refused| {
        let defect = FieldError::new("/items", refused.code(), refused.to_string());
        Refusal::Invalid(vec![defect])
    })?;
    Ok(priced)
}

fn too_large(error: MoneyError) -> Refusal {
    Refusal::Invalid(vec![FieldError::new("/items", "amount_too_large", error.to_string())])
}

/// The sum of the parts.
///
/// # Errors
/// When it does not fit, or a part is in another currency.
pub fn total(priced: &Priced) -> Result<Money, MoneyError> {
    let tax = if priced.tax_included {
        Money::zero(priced.tax.currency())
    } else {
        priced.tax
    };
    priced
        .subtotal
        .plus(priced.delivery_fee)?
        .plus(priced.service_fee)?
        .plus(priced.small_order_fee)?
        .minus(priced.discount)?
        .plus(tax)?
        .plus(priced.tip)
}

/// The food with its tax.
///
/// # Errors
/// When it does not fit.
pub fn food_with_tax(priced: &Priced) -> Result<Money, MoneyError> {
    let food = priced.subtotal.minus(priced.discount)?;
    if priced.tax_included {
        Ok(food)
    } else {
        food.plus(priced.tax)
    }
}

/// The tax on the food, rounded once, on the sum: rounding line by line would drift from the invoice.
fn tax(food: Money, rate: BasisPoints, included: bool) -> Money {
    if included {
        food.included_tax(rate)
    } else {
        food.share(rate)
    }
}

fn service_fee(food: Money, tariff: &Tariff) -> Money {
    let share = food.share(SERVICE_FEE).amount();
    let fee = share.clamp(tariff.service_fee_min, tariff.service_fee_max);
    Money::new(fee, food.currency())
}

fn small_order_fee(food: Money, tariff: &Tariff) -> Money {
    let missing = tariff.small_order.saturating_sub(food.amount());
    Money::new(missing.clamp(0, tariff.small_order_fee_max), food.currency())
}

fn check_tip(tip: Money, food: Money, tariff: &Tariff) -> Result<(), Refusal> {
    let currency = food.currency();
    let refuse = |code, message: String| Err(Refusal::Invalid(vec![FieldError::new("/tip", code, message)]));
    if tip.currency() != currency {
        return refuse("wrong_currency", format!("The restaurant's prices are in {currency}."));
    }
    let most = tariff.tip_max.max(food.amount());
    if !(0..=most).contains(&tip.amount()) {
        let most = Money::new(most, currency);
        return refuse("out_of_range", format!("A tip is at most {most}."));
    }
    if !tip.is_in_steps() {
        let step = Money::new(currency.step(), currency);
        return refuse("amount_too_fine", format!("A tip is a multiple of {step}."));
    }
    Ok(())
}

/// What a quote fixed, to be held against what the restaurant has changed since.
#[derive(Debug, Clone, Copy)]
pub struct Fixed<'a> {
    /// The food.
    pub lines: &'a [PricedLine],
    /// Its tax.
    pub tax: Money,
    /// Whether the prices include it.
    pub tax_included: bool,
    /// Where it goes.
    pub place: Position,
    /// When the customer wants it.
    pub scheduled_for: Option<Timestamp>,
    /// When it would be cooked.
    pub cook_at: Timestamp,
    /// When it would be ready.
    pub ready_at: Timestamp,
}

/// Whether a quote still holds after the restaurant changed something. What it fixed is honoured as long as the kitchen
/// still works then, still delivers there, and still sells the same food at the same price and tax.
///
/// # Errors
/// See [`Refusal`].
pub fn still_holds(
    quote: Fixed<'_>,
    restaurant: &Snapshot,
    menu: &Menu,
    overrides: &Overrides,
    now: Timestamp,
) -> Result<(), Refusal> {
    admit(restaurant, quote.place, quote.scheduled_for, now)?;
    if quote.scheduled_for.is_some() {
        working(restaurant, quote.cook_at.max(now), quote.ready_at)?;
    }
    let zone = zone_of(restaurant);
    let offering = Offering {
        menu,
        overrides,
        zone: &zone,
        at: quote.scheduled_for.unwrap_or(now),
        currency: restaurant.currency,
    };
    let lines = price(&basket_of(quote.lines), offering).map_err(Refusal::Invalid)?;
    let prices = |lines: &[PricedLine]| -> Vec<Money> { lines.iter().map(|line| line.total).collect() };
    let food = subtotal(&lines, restaurant.currency).map_err(|_| Refusal::Outdated)?;
    let tax = tax(food, BasisPoints(restaurant.tax.rate_bps), restaurant.tax.inclusive);
    let same =
        prices(&lines) == prices(quote.lines) && tax == quote.tax && restaurant.tax.inclusive == quote.tax_included;
    if same { Ok(()) } else { Err(Refusal::Outdated) }
}

#[cfg(test)]
mod tests;
