//! The engine's one set of parameters.

use crate::Time;

/// What the engine weighs, and how much. Times are in ticks; prices are hundredths of a tick of one customer's waiting.
///
/// One set serves every zone and every benchmark instance; nothing in it knows of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// How many ticks a minute has.
    pub minute: Time,
    /// The time between two epochs: what has to begin earlier than the next one is committed.
    pub epoch: Time,
    /// The longest an order may take from click to door. Later than that it is not delivered at all: the food is spoilt.
    pub limit: Time,
    /// How long an order may take before each further minute counts more.
    pub target: Time,
    /// What a minute beyond the target costs on top: a little, so that the last minutes go to those who wait longest.
    pub late_percent: i64,
    /// What an order without a place costs, in minutes. More than the limit: no delivery is worse than the latest one.
    pub unserved: i64,
    /// What a minute of a courier costs at no load: enough to send the nearest when several would be in time.
    pub courier_percent_idle: i64,
    /// What a minute of a courier costs at full load: whoever is busy keeps later customers waiting.
    pub courier_percent_busy: i64,
    /// What a courier is worth who waits near the demand, for each tick of the mean way to it: of two who would be in time,
    /// the remote one is sent, and the other is there for the next order.
    pub nearness_percent: i64,
    /// How much earlier than expected a courier comes for food of which it is not known when it will be ready, in percent of
    /// the spread, at no load: a courier who waits costs nothing then, food that waits does.
    pub eager_percent_idle: i64,
    /// The same at full load, where whoever stands at a counter is missing elsewhere: rather a little later than expected.
    pub eager_percent_busy: i64,
    /// How far ahead the load is looked at.
    pub load_window: Time,
    /// How often the orders are gone through in search of a better place.
    pub sweeps: usize,
}

impl Parameters {
    /// The parameters for a tick of one minute.
    #[must_use]
    pub const fn in_minutes() -> Self {
        Self::with_minute(1)
    }

    /// The parameters for a tick of one second.
    #[must_use]
    pub const fn in_seconds() -> Self {
        Self::with_minute(60)
    }

    const fn with_minute(minute: Time) -> Self {
        Self {
            minute,
            epoch: minute,
            limit: 90 * minute,
            target: 40 * minute,
            late_percent: 5,
            unserved: 130,
            courier_percent_idle: 5,
            courier_percent_busy: 10,
            nearness_percent: 12,
            eager_percent_idle: 170,
            eager_percent_busy: -40,
            load_window: 40 * minute,
            sweeps: 2,
        }
    }
}

/// The credit of a courier who has been on shift for so many minutes and brought so many orders, where so many orders an
/// hour are a fair share: a tenth of a minute for each order behind, as much less for each ahead, three orders at most.
///
/// With the share that the hourly guarantee is worth, it spreads the orders so that hardly any guarantee has to be paid for
/// idling, without keeping a customer waiting for it.
#[must_use]
pub fn fair_credit(on_shift_minutes: i32, orders: u32, fair_orders_per_hour: f64) -> i32 {
    let behind = f64::from(on_shift_minutes) / 60.0 * fair_orders_per_hour - f64::from(orders);
    #[expect(clippy::cast_possible_truncation, reason = "between -30 and 30")]
    let credit = (CREDIT_PER_ORDER * behind.clamp(-CREDIT_ORDERS_MAX, CREDIT_ORDERS_MAX)) as i32;
    credit
}

/// What to take off the credit of a courier who declined so many offers within the last hours: a fifth of a minute each, a
/// minute at most. An offer that is declined keeps a customer waiting; but it is no punishment, who is nearest still goes.
#[must_use]
pub fn decline_debit(declines: u32) -> i32 {
    let counted = i32::try_from(declines).unwrap_or(DECLINES_MAX).min(DECLINES_MAX);
    DEBIT_PER_DECLINE * counted
}

/// What a declined offer costs, in hundredths of a minute.
const DEBIT_PER_DECLINE: i32 = 20;
/// Beyond so many declined offers the debit grows no more.
const DECLINES_MAX: i32 = 5;
/// What an order behind the fair share is worth, in hundredths of a minute.
const CREDIT_PER_ORDER: f64 = 10.0;
/// Beyond so many orders the credit grows no more: nobody is sent across the town for fairness.
const CREDIT_ORDERS_MAX: f64 = 3.0;
