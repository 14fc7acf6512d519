//! What a courier earns with a delivery: the parts that the ledger books, each with its reason.
//!
//! An offer shows the parts that are certain (base, distance and tip); waiting and the peak only ever add to them.

use kernel::{BasisPoints, Currency, Money, SignedDuration, Timestamp};

use super::tariff::Tariff;
use super::{Delivery, Facts, State};

/// So much waiting at a delivery's two doors together is part of the work and paid by the base.
pub const WAIT_FREE: SignedDuration = SignedDuration::from_mins(5);
/// Longer waits are not paid: by then the kitchen's lateness frees the courier, or the door's waiting time is over.
pub const WAIT_PAID_MAX: SignedDuration = SignedDuration::from_mins(30);
/// What the peak adds to base and distance: couriers are scarce then.
pub const PEAK: BasisPoints = BasisPoints(2_000);
/// The hours of lunch and dinner, from and to, by the sun: a delivery knows its longitude and no time zone, and a peak that
/// is an hour off clock time in summer is one all the same.
pub const PEAK_HOURS: [(i64, i64); 2] = [(12, 14), (18, 21)];
/// The sun crosses a degree of longitude in four minutes.
const SECONDS_PER_DEGREE: f64 = 240.0;

/// What a courier earned, in minor units of one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Earnings {
    /// For any delivery.
    pub base: i64,
    /// For the way from the restaurant to the customer.
    pub distance: i64,
    /// For waiting at the restaurant and at the door.
    pub waiting: i64,
    /// For lunch and dinner.
    pub peak: i64,
    /// From the customer.
    pub tip: i64,
    /// Of all of it.
    pub currency: Currency,
}

impl Earnings {
    /// All parts together.
    #[must_use]
    pub const fn total(&self) -> Money {
        let sum = self.base + self.distance + self.waiting + self.peak + self.tip;
        Money::new(sum, self.currency)
    }
}

/// What a delivery earns that is handed over now, after so much waiting.
#[must_use]
pub fn earned(facts: &Facts, waited: SignedDuration, now: Timestamp) -> Earnings {
    let trip_m = facts.pickup.position.way(facts.drop_off.position);
    let currency = facts.tip.currency();
    let tariff = Tariff::earned_in(currency);
    let base = tariff.pay_base;
    let distance = tariff.pay_per_km * i64::from(trip_m.div_ceil(1_000));
    let paid_wait = waited.min(WAIT_PAID_MAX).as_secs() - WAIT_FREE.as_secs();
    let waiting = tariff.wait_per_minute * ((paid_wait.max(0) + 59) / 60);
    let peak = if is_peak(facts, now) {
        Money::new(base + distance, currency).share(PEAK).amount()
    } else {
        0
    };
    Earnings {
        base,
        distance,
        waiting,
        peak,
        tip: facts.tip.amount(),
        currency,
    }
}

/// What a delivery earns that could not be handed over: the courier did the same, and nobody tips.
#[must_use]
pub fn earned_in_vain(facts: &Facts, waited: SignedDuration, now: Timestamp) -> Earnings {
    Earnings {
        tip: 0,
        ..earned(facts, waited, now)
    }
}

/// What a delivery has earned that is called off now: with the food, as much as one in vain; for who was seen at the
/// restaurant, the way there and the waiting. Who is still on the way there goes on to somebody else's food, and earns with
/// that.
#[must_use]
pub fn earned_so_far(delivery: &Delivery, waited: SignedDuration, now: Timestamp) -> Option<Earnings> {
    let facts = &delivery.facts;
    match &delivery.progress.state {
        State::PickedUp(_) | State::AtCustomer(_) => Some(earned_in_vain(facts, waited, now)),
        State::AtRestaurant(_) if delivery.progress.there_seen => Some(Earnings {
            distance: 0,
            peak: 0,
            ..earned_in_vain(facts, waited, now)
        }),
        State::AtRestaurant(_)
        | State::Waiting
        | State::Offered(_)
        | State::Assigned(_)
        | State::Delivered { .. }
        | State::Returning { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// What the way back to the restaurant earns: its distance.
#[must_use]
pub fn earned_on_the_way_back(facts: &Facts) -> Earnings {
    let back_m = facts.drop_off.position.way(facts.pickup.position);
    let currency = facts.tip.currency();
    Earnings {
        base: 0,
        distance: Tariff::earned_in(currency).pay_per_km * i64::from(back_m.div_ceil(1_000)),
        waiting: 0,
        peak: 0,
        tip: 0,
        currency,
    }
}

fn is_peak(facts: &Facts, now: Timestamp) -> bool {
    #[expect(clippy::cast_possible_truncation, reason = "at most half a day of seconds")]
    let ahead = (facts.pickup.position.lng() * SECONDS_PER_DEGREE) as i64;
    let hour = (now.as_second() + ahead).div_euclid(3_600).rem_euclid(24);
    PEAK_HOURS.iter().any(|(from, to)| (*from..*to).contains(&hour))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, facts, minutes};
    use kernel::{Position, ServedCurrency};

    #[test]
    fn each_part_has_its_rate() {
        // Nine hundred metres of way are one started kilometre; 15:00 is no peak, 12:00 and 19:00 are.
        for (waited, at, waiting, peak) in [
            (0, 180, 0, 0),
            (5, 180, 0, 0),
            (6, 180, 20, 0),
            (12, 180, 140, 0),
            (30, 180, 500, 0),
            (90, 180, 500, 0),
            (0, 10, 0, 75),
            (0, 420, 0, 75),
        ] {
            let earned = earned(&facts(), minutes(waited), NOON + minutes(at));
            let expected = Earnings {
                base: 300,
                distance: 75,
                waiting,
                peak,
                tip: 100,
                currency: Currency::EUR,
            };
            assert_eq!(earned, expected, "{waited} {at}");
            assert_eq!(earned.total().amount(), 475 + waiting + peak);
        }
    }

    #[test]
    fn in_every_currency_each_part_is_whole_steps_and_the_total_is_their_sum() {
        for served in ServedCurrency::ALL {
            let currency = served.currency();
            let tip = Money::new(50 * currency.step(), currency);
            let facts = Facts { tip, ..facts() };
            for (waited, at) in [(0, 10), (7, 10), (30, 180)] {
                let earned = earned(&facts, minutes(waited), NOON + minutes(at));
                let parts = [earned.base, earned.distance, earned.waiting, earned.peak, earned.tip];
                for part in parts {
                    assert!(part >= 0 && Money::new(part, currency).is_in_steps(), "{earned:?}");
                }
                assert_eq!(earned.total(), Money::new(parts.iter().sum(), currency));
            }
        }
        let yen = Money::new(300, Currency::JPY);
        let facts = Facts { tip: yen, ..facts() };
        let earned = earned(&facts, minutes(7), NOON + minutes(10));
        assert_eq!(
            (earned.base, earned.distance, earned.waiting, earned.peak),
            (400, 80, 60, 96)
        );
    }

    #[test]
    fn noon_is_when_the_sun_says_so() {
        let mut far = facts();
        for (lng, peak) in [(4.9, true), (-74.0, false), (139.7, false), (-90.0, false)] {
            far.pickup.position = Position::new(40.0, lng).unwrap();
            assert_eq!(is_peak(&far, NOON), peak, "{lng}");
        }
        far.pickup.position = Position::new(40.0, -74.0).unwrap();
        assert!(is_peak(&far, NOON + minutes(300)));
    }
}
