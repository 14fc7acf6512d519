//! Deliveries as the table holds them.
//!
//! The state is in every event item, so its names are short: an event of a delivery fits one write unit.

use ::store::{Published, StepItem, StoreError};
use contracts::order::Stop;
use contracts::vocabulary::{FailureReason, Fault};
use kernel::{CourierId, Money, OfferId, OrderId, RestaurantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::proof::PhotoId;
use crate::domain::{Assignment, Carried, Eta, Facts, Offer, Place, Progress, Review, Search, State, Vehicle};

/// The state after an event, as the event's item has it.
#[derive(Debug, Serialize, Deserialize)]
pub struct StepRecord {
    progress: String,
    /// The facts, which only the first event of a delivery that began has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    facts: Option<String>,
}

/// A delivery's step as its item is written; nobody hears of one that publishes nothing.
///
/// # Errors
/// When the state cannot be written: a defect.
pub fn step_item(
    sequence: u32,
    published: Option<Published>,
    progress: &Progress,
    facts: Option<&Facts>,
) -> Result<StepItem<StepRecord>, StoreError> {
    let record = StepRecord {
        progress: text(&ProgressRecord::from(progress))?,
        facts: facts.map(|facts| text(&FactsRecord::from(facts))).transpose()?,
    };
    Ok(StepItem::new(sequence, published, record).without_type())
}

impl StepRecord {
    /// The state after the event.
    ///
    /// # Errors
    /// When it is none: a defect.
    pub fn progress(&self) -> Result<Progress, StoreError> {
        let record: ProgressRecord = parse(&self.progress)?;
        record.try_into()
    }

    /// The facts, which only the first event of a delivery that began has.
    ///
    /// # Errors
    /// When they are none: a defect.
    pub fn facts(&self) -> Result<Option<Facts>, StoreError> {
        let record: Option<FactsRecord> = self.facts.as_deref().map(parse).transpose()?;
        Ok(record.map(Facts::from))
    }
}

fn text<T: Serialize>(value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn parse<'a, T: Deserialize<'a>>(text: &'a str) -> Result<T, StoreError> {
    serde_json::from_str(text).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn instant(seconds: i64) -> Result<Timestamp, StoreError> {
    Timestamp::from_second(seconds).map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn photo(hexadecimal: &str) -> Result<PhotoId, StoreError> {
    let number = u128::from_str_radix(hexadecimal, 16);
    number
        .map(PhotoId)
        .map_err(|error| StoreError::Corrupt(error.to_string()))
}

fn review((reported_at, until, seen): (i64, i64, bool)) -> Result<Review, StoreError> {
    Ok(Review {
        reported_at: instant(reported_at)?,
        until: instant(until)?,
        seen,
    })
}

fn carried((since, vehicle): (i64, Vehicle)) -> Result<Carried, StoreError> {
    Ok(Carried {
        since: instant(since)?,
        vehicle,
    })
}

#[derive(Serialize, Deserialize)]
struct FactsRecord {
    order_id: OrderId,
    customer_id: UserId,
    restaurant_id: RestaurantId,
    restaurant_name: String,
    pickup: Stop,
    drop_off: Stop,
    ready_at: Timestamp,
    #[serde(default)]
    begun_at: Option<i64>,
    #[serde(default)]
    promised_until: Option<i64>,
    tip: Money,
    pin: String,
}

fn stop(place: &Place) -> Stop {
    Stop {
        position: place.position,
        address: place.address.clone(),
        instructions: place.instructions.clone(),
        leave_at_door: place.leave_at_door,
    }
}

impl From<Stop> for Place {
    fn from(stop: Stop) -> Self {
        Self {
            position: stop.position,
            address: stop.address,
            instructions: stop.instructions,
            leave_at_door: stop.leave_at_door,
        }
    }
}

impl From<&Facts> for FactsRecord {
    fn from(facts: &Facts) -> Self {
        Self {
            order_id: facts.order_id,
            customer_id: facts.customer_id,
            restaurant_id: facts.restaurant_id,
            restaurant_name: facts.restaurant_name.clone(),
            pickup: stop(&facts.pickup),
            drop_off: stop(&facts.drop_off),
            ready_at: facts.planned_ready_at,
            begun_at: Some(facts.begun_at.as_second()),
            promised_until: Some(facts.promised_until.as_second()),
            tip: facts.tip,
            pin: facts.pin.clone(),
        }
    }
}

impl From<FactsRecord> for Facts {
    fn from(record: FactsRecord) -> Self {
        let at = |seconds: Option<i64>| seconds.and_then(|seconds| Timestamp::from_second(seconds).ok());
        Self {
            order_id: record.order_id,
            customer_id: record.customer_id,
            restaurant_id: record.restaurant_id,
            restaurant_name: record.restaurant_name,
            pickup: record.pickup.into(),
            drop_off: record.drop_off.into(),
            begun_at: at(record.begun_at).unwrap_or(record.ready_at),
            planned_ready_at: record.ready_at,
            promised_until: at(record.promised_until).unwrap_or(record.ready_at),
            tip: record.tip,
            pin: record.pin,
        }
    }
}

/// Short names: this is in every event item. Instants are seconds since 1970.
#[derive(Serialize, Deserialize)]
struct ProgressRecord {
    #[serde(rename = "s")]
    state: StateRecord,
    #[serde(rename = "l", default, skip_serializing_if = "Option::is_none")]
    delayed_to: Option<i64>,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    ready_at: Option<i64>,
    #[serde(rename = "k", default, skip_serializing_if = "Option::is_none")]
    carried: Option<(i64, Vehicle)>,
    #[serde(rename = "e")]
    eta: [i64; 3],
    #[serde(rename = "n", default, skip_serializing_if = "is_zero")]
    offers: u32,
    #[serde(rename = "m", default, skip_serializing_if = "is_zero")]
    misses: u32,
    #[serde(rename = "d", default, skip_serializing_if = "Vec::is_empty")]
    declined: Vec<CourierId>,
    #[serde(rename = "q", default, skip_serializing_if = "Vec::is_empty")]
    silent: Vec<CourierId>,
    #[serde(rename = "x", default, skip_serializing_if = "is_zero")]
    escalated: u32,
    #[serde(rename = "p", default, skip_serializing_if = "is_zero")]
    wrong_pins: u32,
    #[serde(rename = "c", default, skip_serializing_if = "is_zero")]
    wrong_codes: u32,
    #[serde(rename = "w", default, skip_serializing_if = "Option::is_none")]
    there_since: Option<i64>,
    /// 1 if the courier was seen there.
    #[serde(rename = "y", default, skip_serializing_if = "is_zero")]
    there_seen: u32,
    #[serde(rename = "z", default, skip_serializing_if = "is_zero")]
    waited_s: u32,
    /// A hexadecimal number.
    #[serde(rename = "f", default, skip_serializing_if = "Option::is_none")]
    photo: Option<String>,
    /// When it was reported, until when it may be judged, and whether the courier was seen.
    #[serde(rename = "v", default, skip_serializing_if = "Option::is_none")]
    review: Option<(i64, i64, bool)>,
    #[serde(rename = "u", default, skip_serializing_if = "Option::is_none")]
    fault: Option<Fault>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference over")]
const fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateRecord {
    Waiting,
    Offered {
        o: OfferId,
        c: CourierId,
        v: Vehicle,
        a: u32,
        u: i64,
    },
    Assigned(AssignmentRecord),
    AtRestaurant(AssignmentRecord),
    PickedUp(AssignmentRecord),
    AtCustomer(AssignmentRecord),
    Delivered {
        c: CourierId,
        t: i64,
    },
    Returning {
        a: AssignmentRecord,
        r: FailureReason,
    },
    Returned {
        c: CourierId,
        r: FailureReason,
    },
    Failed {
        c: CourierId,
        r: FailureReason,
    },
    Withdrawn {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        c: Option<CourierId>,
    },
}

#[derive(Serialize, Deserialize)]
struct AssignmentRecord {
    o: OfferId,
    c: CourierId,
    v: Vehicle,
}

impl From<Assignment> for AssignmentRecord {
    fn from(assignment: Assignment) -> Self {
        Self {
            o: assignment.offer_id,
            c: assignment.courier_id,
            v: assignment.vehicle,
        }
    }
}

impl From<AssignmentRecord> for Assignment {
    fn from(record: AssignmentRecord) -> Self {
        Self {
            offer_id: record.o,
            courier_id: record.c,
            vehicle: record.v,
        }
    }
}

impl From<State> for StateRecord {
    fn from(state: State) -> Self {
        match state {
            State::Waiting => Self::Waiting,
            State::Offered(offer) => Self::Offered {
                o: offer.offer_id,
                c: offer.courier_id,
                v: offer.vehicle,
                a: offer.approach_m,
                u: offer.expires_at.as_second(),
            },
            State::Assigned(assignment) => Self::Assigned(assignment.into()),
            State::AtRestaurant(assignment) => Self::AtRestaurant(assignment.into()),
            State::PickedUp(assignment) => Self::PickedUp(assignment.into()),
            State::AtCustomer(assignment) => Self::AtCustomer(assignment.into()),
            State::Delivered { courier_id, at } => Self::Delivered {
                c: courier_id,
                t: at.as_second(),
            },
            State::Returning { assignment, reason } => Self::Returning {
                a: assignment.into(),
                r: reason,
            },
            State::Returned { courier_id, reason } => Self::Returned {
                c: courier_id,
                r: reason,
            },
            State::Failed { courier_id, reason } => Self::Failed {
                c: courier_id,
                r: reason,
            },
            State::Withdrawn { courier_id } => Self::Withdrawn { c: courier_id },
        }
    }
}

impl TryFrom<StateRecord> for State {
    type Error = StoreError;
    fn try_from(record: StateRecord) -> Result<Self, StoreError> {
        Ok(match record {
            StateRecord::Waiting => Self::Waiting,
            StateRecord::Offered { o, c, v, a, u } => Self::Offered(Offer {
                offer_id: o,
                courier_id: c,
                vehicle: v,
                approach_m: a,
                expires_at: instant(u)?,
            }),
            StateRecord::Assigned(record) => Self::Assigned(record.into()),
            StateRecord::AtRestaurant(record) => Self::AtRestaurant(record.into()),
            StateRecord::PickedUp(record) => Self::PickedUp(record.into()),
            StateRecord::AtCustomer(record) => Self::AtCustomer(record.into()),
            StateRecord::Delivered { c, t } => Self::Delivered {
                courier_id: c,
                at: instant(t)?,
            },
            StateRecord::Returning { a, r } => Self::Returning {
                assignment: a.into(),
                reason: r,
            },
            StateRecord::Returned { c, r } => Self::Returned {
                courier_id: c,
                reason: r,
            },
            StateRecord::Failed { c, r } => Self::Failed {
                courier_id: c,
                reason: r,
            },
            StateRecord::Withdrawn { c } => Self::Withdrawn { courier_id: c },
        })
    }
}

impl From<&Progress> for ProgressRecord {
    fn from(progress: &Progress) -> Self {
        let Eta {
            earliest,
            likely,
            latest,
        } = progress.eta;
        Self {
            state: progress.state.into(),
            delayed_to: progress.delayed_to.map(Timestamp::as_second),
            ready_at: progress.ready_at.map(Timestamp::as_second),
            carried: progress
                .carried
                .map(|carried| (carried.since.as_second(), carried.vehicle)),
            eta: [earliest, likely, latest].map(Timestamp::as_second),
            offers: progress.search.offers,
            misses: progress.search.misses,
            declined: progress.search.declined.clone(),
            silent: progress.search.silent.clone(),
            escalated: u32::from(progress.search.escalated),
            wrong_pins: u32::from(progress.wrong_pins),
            wrong_codes: u32::from(progress.wrong_codes),
            there_since: progress.there_since.map(Timestamp::as_second),
            there_seen: u32::from(progress.there_seen),
            waited_s: progress.waited_s,
            photo: progress.photo.map(|PhotoId(number)| format!("{number:x}")),
            review: progress
                .review
                .map(|review| (review.reported_at.as_second(), review.until.as_second(), review.seen)),
            fault: progress.fault,
        }
    }
}

impl TryFrom<ProgressRecord> for Progress {
    type Error = StoreError;
    fn try_from(record: ProgressRecord) -> Result<Self, StoreError> {
        let [earliest, likely, latest] = record.eta;
        Ok(Self {
            state: record.state.try_into()?,
            delayed_to: record.delayed_to.map(instant).transpose()?,
            ready_at: record.ready_at.map(instant).transpose()?,
            carried: record.carried.map(carried).transpose()?,
            eta: Eta {
                earliest: instant(earliest)?,
                likely: instant(likely)?,
                latest: instant(latest)?,
            },
            search: Search {
                offers: record.offers,
                misses: record.misses,
                declined: record.declined,
                silent: record.silent,
                escalated: record.escalated > 0,
            },
            wrong_pins: u8::try_from(record.wrong_pins).unwrap_or(u8::MAX),
            wrong_codes: u8::try_from(record.wrong_codes).unwrap_or(u8::MAX),
            there_since: record.there_since.map(instant).transpose()?,
            there_seen: record.there_seen > 0,
            waited_s: record.waited_s,
            photo: record.photo.as_deref().map(photo).transpose()?,
            review: record.review.map(review).transpose()?,
            fault: record.fault,
        })
    }
}

/// Who works at a restaurant: a replica, by the restaurant's own sequence.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRecord {
    /// Everybody, whatever they do there.
    #[serde(with = "::store::json")]
    pub staff: Vec<UserId>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PASSED_REMEMBERED_MAX;
    use crate::domain::cast::{NOON, ada, assignment, ben, delivery, facts, offer};
    use contracts::Cause;

    fn states() -> [State; 11] {
        [
            State::Waiting,
            State::Offered(offer()),
            State::Assigned(assignment()),
            State::AtRestaurant(assignment()),
            State::PickedUp(assignment()),
            State::AtCustomer(assignment()),
            State::Delivered {
                courier_id: ada(),
                at: NOON,
            },
            State::Returning {
                assignment: assignment(),
                reason: FailureReason::CustomerAbsent,
            },
            State::Returned {
                courier_id: ada(),
                reason: FailureReason::Other,
            },
            State::Failed {
                courier_id: ada(),
                reason: FailureReason::Damaged,
            },
            State::Withdrawn { courier_id: None },
        ]
    }

    #[test]
    fn reads_what_it_writes() {
        for state in states() {
            let mut progress = delivery(state).progress;
            progress.ready_at = Some(NOON);
            progress.carried = Some(Carried {
                since: NOON,
                vehicle: Vehicle::Scooter,
            });
            progress.search.declined = vec![ben()];
            progress.search.escalated = true;
            progress.wrong_pins = 2;
            progress.there_since = Some(NOON);
            progress.waited_s = 240;
            progress.wrong_codes = 3;
            progress.there_seen = true;
            progress.review = Some(Review {
                reported_at: NOON,
                until: NOON + crate::domain::cast::minutes(5),
                seen: true,
            });
            progress.fault = Some(crate::domain::Fault::Platform);
            progress.photo = Some(PhotoId(0xfeed));
            let written = text(&ProgressRecord::from(&progress)).unwrap();
            let read = parse::<ProgressRecord>(&written).unwrap();
            assert_eq!(Progress::try_from(read).unwrap(), progress, "{written}");
        }
        let written = text(&FactsRecord::from(&facts())).unwrap();
        assert_eq!(Facts::from(parse::<FactsRecord>(&written).unwrap()), facts());
    }

    /// A write unit is 1,024 bytes: names and values of all attributes.
    fn item_bytes(progress: &Progress) -> usize {
        payload_bytes(
            progress,
            &contracts::delivery::PickedUp {
                delivery_id: crate::domain::cast::id(1),
                order_id: facts().order_id,
                customer_id: facts().customer_id,
                courier_id: ada(),
                picked_up_at: NOON,
            },
        )
    }

    fn payload_bytes(progress: &Progress, payload: &impl contracts::Contract) -> usize {
        let cause = Cause {
            now: NOON,
            correlation_id: facts().order_id.to_string(),
            causation_id: "0123456789abcdef0123456789abcdef".to_owned(),
            traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        };
        let subject = crate::domain::cast::id::<kernel::DeliveryId>(1).to_string();
        let published = Published {
            envelope: contracts::Envelope::new(&subject, 4, &cause, payload).unwrap(),
            timers: Vec::new(),
        };
        let item = serde_json::to_value(step_item(4, Some(published), progress, None).unwrap()).unwrap();
        let keys = format!("pkDELIVERY#{subject}skEVENT#00000004version1").len();
        let fields = item.as_object().unwrap().iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            name.len() + text.len()
        });
        keys + fields.sum::<usize>()
    }

    #[test]
    fn an_ordinary_step_fits_one_write_unit() {
        let progress = delivery(State::PickedUp(assignment())).progress;
        let bytes = item_bytes(&progress);
        assert!(bytes <= 1_024, "{bytes} bytes");
    }

    /// The earnings travel in the event that says that the food arrived: an event of their own would be one more unit.
    #[test]
    fn a_hand_over_with_its_earnings_fits_one_write_unit() {
        let delivered = State::Delivered {
            courier_id: ada(),
            at: NOON,
        };
        let mut progress = delivery(delivered).progress;
        progress.there_since = Some(NOON);
        progress.there_seen = true;
        progress.waited_s = 600;
        let payload = contracts::delivery::Delivered {
            delivery_id: crate::domain::cast::id(1),
            order_id: facts().order_id,
            customer_id: facts().customer_id,
            courier_id: ada(),
            delivered_at: NOON,
            proof: Some(contracts::vocabulary::Proof::Pin.into()),
            earned: Some(contracts::delivery::Earned {
                base: 300,
                distance: 1_275,
                waiting: 500,
                peak: 315,
                tip: 1_000,
                total: Money::new(3_390, kernel::Currency::EUR),
            }),
        };
        let bytes = payload_bytes(&progress, &payload);
        assert!(bytes <= 1_024, "{bytes} bytes");
    }

    #[test]
    fn the_longest_search_stays_small() {
        let mut progress = delivery(State::PickedUp(assignment())).progress;
        progress.search.declined = vec![ben(); PASSED_REMEMBERED_MAX];
        progress.search.silent = vec![ben(); PASSED_REMEMBERED_MAX];
        let bytes = item_bytes(&progress);
        assert!(bytes <= 3 * 1_024, "{bytes} bytes");
    }
}
