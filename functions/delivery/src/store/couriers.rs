//! Couriers as the table holds them.

use kernel::{Country, CourierId, DeliveryId, Meters, OfferId, Position, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::domain::Vehicle;
use crate::domain::cell::{Zone, zone};
use crate::domain::clock::{Clock, Doubt};
use crate::domain::courier::{
    Courier, Duty, Job, LiveOffer, OfferEnd, PastOffer, RejectReason, Shift, ShiftEnd, SuspendReason,
};
use crate::domain::epoch::Seen;
use crate::domain::pace::Pace;
use crate::domain::track::Sighting;
use crate::domain::whereabouts::Whereabouts;
use crate::domain::work::{Span, with_span};

/// A position that was not renewed for so long is removed, even if nobody ended the shift.
const POSITION_KEPT_FOR: SignedDuration = SignedDuration::from_hours(12);

/// A courier: the lock that an offer takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourierRecord {
    vehicle: Vehicle,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    country: Option<Country>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    papers_until: Option<Timestamp>,
    duty: DutyRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "::store::json")]
    past: Vec<(OfferId, OfferEnd)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended: Option<ShiftEnd>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rejected: Option<RejectReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    suspended: Option<SuspendReason>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    role_lost: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DutyRecord {
    Pending,
    OffShift,
    OnShift(ShiftRecord),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ShiftRecord {
    since: Timestamp,
    /// Seconds since 1970, as are the next three.
    #[serde(default)]
    from: Option<i64>,
    #[serde(default)]
    until: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    planned: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rests: Option<i64>,
    #[serde(default)]
    rested_s: i64,
    #[serde(default)]
    brought: u32,
    #[serde(default)]
    declined: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    offer: Option<OfferRecord>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    jobs: Vec<JobRecord>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct OfferRecord {
    offer_id: OfferId,
    deliveries: Vec<DeliveryId>,
    expires_at: Timestamp,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
struct JobRecord {
    delivery_id: DeliveryId,
    offer_id: OfferId,
}

impl From<&Shift> for ShiftRecord {
    fn from(shift: &Shift) -> Self {
        let offer = shift.offer.as_ref().map(|offer| OfferRecord {
            offer_id: offer.offer_id,
            deliveries: offer.deliveries.clone(),
            expires_at: offer.expires_at,
        });
        let jobs = shift.jobs.iter().map(|job| JobRecord {
            delivery_id: job.delivery_id,
            offer_id: job.offer_id,
        });
        Self {
            since: shift.since,
            from: Some(shift.works_from.as_second()),
            until: Some(shift.works_until.as_second()),
            planned: shift.planned_until.map(Timestamp::as_second),
            rests: shift.break_since.map(Timestamp::as_second),
            rested_s: shift.rested.as_secs(),
            brought: shift.brought,
            declined: shift.declined,
            offer,
            jobs: jobs.collect(),
        }
    }
}

impl From<&ShiftRecord> for Shift {
    fn from(record: &ShiftRecord) -> Self {
        let offer = record.offer.as_ref().map(|offer| LiveOffer {
            offer_id: offer.offer_id,
            deliveries: offer.deliveries.clone(),
            expires_at: offer.expires_at,
        });
        let jobs = record.jobs.iter().map(|job| Job {
            delivery_id: job.delivery_id,
            offer_id: job.offer_id,
        });
        Self {
            since: record.since,
            works_from: instant(record.from).unwrap_or(record.since),
            works_until: instant(record.until).unwrap_or(Timestamp::MAX),
            planned_until: instant(record.planned),
            break_since: instant(record.rests),
            rested: SignedDuration::from_secs(record.rested_s),
            brought: record.brought,
            declined: record.declined,
            offer,
            jobs: jobs.collect(),
        }
    }
}

pub(super) fn instant(seconds: Option<i64>) -> Option<Timestamp> {
    seconds.and_then(|seconds| Timestamp::from_second(seconds).ok())
}

impl From<&Courier> for CourierRecord {
    fn from(courier: &Courier) -> Self {
        let duty = match &courier.duty {
            Duty::Pending => DutyRecord::Pending,
            Duty::OffShift => DutyRecord::OffShift,
            Duty::OnShift(shift) => DutyRecord::OnShift(shift.into()),
        };
        let past = courier.past.iter().map(|past| (past.offer_id, past.end));
        Self {
            vehicle: courier.vehicle,
            country: courier.country,
            papers_until: courier.papers_until,
            duty,
            past: past.collect(),
            ended: courier.ended,
            rejected: courier.rejected,
            suspended: courier.suspended,
            role_lost: courier.role_lost,
        }
    }
}

impl From<&CourierRecord> for Courier {
    fn from(record: &CourierRecord) -> Self {
        let duty = match &record.duty {
            DutyRecord::Pending => Duty::Pending,
            DutyRecord::OffShift => Duty::OffShift,
            DutyRecord::OnShift(shift) => Duty::OnShift(shift.into()),
        };
        let past = record.past.iter().map(|(offer_id, end)| PastOffer {
            offer_id: *offer_id,
            end: *end,
        });
        Self {
            vehicle: record.vehicle,
            country: record.country,
            papers_until: record.papers_until,
            duty,
            past: past.collect(),
            ended: record.ended,
            rejected: record.rejected,
            suspended: record.suspended,
            role_lost: record.role_lost,
        }
    }
}

/// A courier's papers. In the second index as long as an operator has to look.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Documents {
    pub courier_id: CourierId,
    /// What the courier wants to ride.
    pub vehicle: Vehicle,
    /// When the courier applied.
    pub applied_at: Timestamp,
    /// How often papers were handed in: an operator names those that were looked at. (The item's version is the store's.)
    #[serde(default = "first")]
    pub edition: u32,
    /// The papers.
    #[serde(with = "::store::json")]
    pub papers: Vec<DocumentRecord>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<Timestamp>,
}

/// A paper.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DocumentRecord {
    /// What it is.
    pub kind: String,
    /// Its number, or where it is kept.
    pub reference: String,
    /// Until when it holds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_until: Option<Timestamp>,
}

const fn first() -> u32 {
    1
}

/// The index partition of those whom an operator has to look at: few at any time.
pub const APPLICANTS: &str = "APPLICANTS";

impl Documents {
    /// The first papers of somebody who applies.
    #[must_use]
    pub fn applied(courier_id: CourierId, vehicle: Vehicle, at: Timestamp, papers: Vec<DocumentRecord>) -> Self {
        Self {
            courier_id,
            vehicle,
            applied_at: at,
            edition: first(),
            papers,
            gsi2pk: Some(APPLICANTS.to_owned()),
            gsi2sk: Some(at),
        }
    }

    /// These papers, in place of those that were handed in before.
    #[must_use]
    pub fn replacing(self, before: Option<&Self>) -> Self {
        let edition = before.map_or(first(), |before| before.edition.saturating_add(1));
        Self { edition, ..self }
    }

    /// Until when all of them hold, if one ends at all.
    #[must_use]
    pub fn hold_until(&self) -> Option<Timestamp> {
        self.papers.iter().filter_map(|document| document.valid_until).min()
    }

    /// True if none were handed in before.
    #[must_use]
    pub const fn are_first(&self) -> bool {
        self.edition == first()
    }

    /// True as long as an operator has to look at them.
    #[must_use]
    pub const fn wait(&self) -> bool {
        self.gsi2pk.is_some()
    }
}

/// When a courier worked, which the limits of working time need.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct WorkRecord {
    /// From and to, in seconds since 1970, oldest first.
    #[serde(default, with = "::store::json")]
    spans: Vec<(i64, i64)>,
}

impl WorkRecord {
    /// The stretches of work.
    #[must_use]
    pub fn spans(&self) -> Vec<Span> {
        let span = |(from, to): &(i64, i64)| {
            let (from, to) = (instant(Some(*from))?, instant(Some(*to))?);
            Some(Span { from, to })
        };
        self.spans.iter().filter_map(span).collect()
    }

    /// The same with one more.
    #[must_use]
    pub fn with_span(&self, span: Span, now: Timestamp) -> Self {
        let kept = with_span(&self.spans(), span, now);
        let seconds = |span: &Span| (span.from.as_second(), span.to.as_second());
        Self {
            spans: kept.iter().map(seconds).collect(),
        }
    }
}

/// A courier on shift, in the list of all who are.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct OnShift {
    pub courier_id: CourierId,
}

/// Where a courier on shift was last seen. In the first index by zone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PositionRecord {
    courier_id: CourierId,
    vehicle: Vehicle,
    pub position: Position,
    pub at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    heard_at: Option<Timestamp>,
    gsi1pk: Option<String>,
    gsi1sk: CourierId,
    expires_at: i64,
    #[serde(default, with = "::store::json")]
    pace: PaceRecord,
}

/// What is kept beside the position, as one text: seconds since 1970, and counts.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
struct PaceRecord {
    #[serde(rename = "f")]
    window_from: i64,
    #[serde(rename = "n")]
    reports: u32,
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    told_at: Option<i64>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    trail_end: Option<(i64, Position)>,
    #[serde(rename = "a", default, skip_serializing_if = "Option::is_none")]
    accuracy_m: Option<Meters>,
    /// How far the device's clock is ahead, in milliseconds.
    #[serde(rename = "c", default, skip_serializing_if = "Option::is_none")]
    ahead_ms: Option<i64>,
    /// Reports that say less: how many milliseconds, since when, and how many.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    doubt: Option<(i64, i64, u32)>,
}

impl PaceRecord {
    fn new(whereabouts: &Whereabouts) -> Self {
        let Whereabouts {
            accuracy_m,
            trail_end,
            pace,
            clock,
            ..
        } = whereabouts;
        let doubt = |doubt: Doubt| (millis(doubt.ahead), doubt.since.as_second(), doubt.reports);
        Self {
            window_from: pace.window_from.as_second(),
            reports: pace.reports,
            told_at: pace.told_at.map(Timestamp::as_second),
            trail_end: trail_end.map(|end| (end.at.as_second(), end.position)),
            accuracy_m: Some(*accuracy_m).filter(|meters| *meters > 0),
            ahead_ms: clock.ahead.map(millis),
            doubt: clock.doubt.map(doubt),
        }
    }

    fn clock(&self, instant: impl Fn(i64) -> Timestamp) -> Clock {
        Clock {
            ahead: self.ahead_ms.map(SignedDuration::from_millis),
            doubt: self.doubt.map(|(ahead_ms, since, reports)| Doubt {
                ahead: SignedDuration::from_millis(ahead_ms),
                since: instant(since),
                reports,
            }),
        }
    }
}

fn millis(duration: SignedDuration) -> i64 {
    i64::try_from(duration.as_millis()).unwrap_or_default()
}

/// The index partition of the couriers who were last seen in a zone.
#[must_use]
pub fn seen_partition(zone: Zone) -> String {
    format!("SEEN#{zone}")
}

impl PositionRecord {
    /// The whereabouts of a courier.
    #[must_use]
    pub fn new(courier_id: CourierId, vehicle: Vehicle, whereabouts: &Whereabouts) -> Self {
        let latest = whereabouts.latest;
        let heard_at = whereabouts.heard_at;
        Self {
            courier_id,
            vehicle,
            position: latest.position,
            at: latest.at,
            heard_at: Some(heard_at),
            gsi1pk: zone(latest.position).map(seen_partition),
            gsi1sk: courier_id,
            expires_at: (heard_at + POSITION_KEPT_FOR).as_second(),
            pace: PaceRecord::new(whereabouts),
        }
    }

    /// The whereabouts.
    #[must_use]
    pub fn whereabouts(&self) -> Whereabouts {
        let instant = |seconds| Timestamp::from_second(seconds).unwrap_or(self.at);
        Whereabouts {
            latest: Sighting {
                at: self.at,
                position: self.position,
            },
            accuracy_m: self.pace.accuracy_m.unwrap_or_default(),
            trail_end: self.pace.trail_end.map(|(at, position)| Sighting {
                at: instant(at),
                position,
            }),
            pace: Pace {
                window_from: instant(self.pace.window_from),
                reports: self.pace.reports,
                told_at: self.pace.told_at.map(instant),
            },
            heard_at: self.heard_at(),
            clock: self.pace.clock(instant),
        }
    }

    /// When the courier's device was last heard of.
    #[must_use]
    pub fn heard_at(&self) -> Timestamp {
        self.heard_at.unwrap_or(self.at)
    }

    /// The courier as a zone sees it.
    #[must_use]
    pub fn seen(&self) -> Seen {
        Seen {
            courier_id: self.courier_id,
            vehicle: self.vehicle,
            position: self.position,
            at: self.at,
            heard_at: self.heard_at(),
        }
    }
}

/// What one report added to a courier's trail.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailRecord {
    /// The points, as `domain::trail` writes them.
    pub points: String,
    /// When the table forgets it, in seconds since 1970; who reads it earlier must look.
    pub expires_at: i64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, ada, trattoria};
    use crate::domain::clock::OFFSET_MAX;
    use crate::domain::trail::TEXT_MAX;

    fn whereabouts() -> Whereabouts {
        let latest = Sighting {
            at: NOON,
            position: trattoria(),
        };
        Whereabouts {
            latest,
            accuracy_m: 150,
            trail_end: Some(latest),
            pace: Pace {
                window_from: NOON,
                reports: 12,
                told_at: Some(NOON),
            },
            heard_at: NOON,
            clock: Clock {
                ahead: Some(-OFFSET_MAX),
                doubt: Some(Doubt {
                    ahead: -OFFSET_MAX,
                    since: NOON,
                    reports: 1_000,
                }),
            },
        }
    }

    /// The bytes of an item: names and values of all attributes.
    fn item_bytes(record: &impl Serialize, keys: &::store::Key) -> usize {
        let item = serde_json::to_value(record).unwrap();
        let fields = item.as_object().unwrap().iter().map(|(name, value)| {
            let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            name.len() + text.len()
        });
        // With the version and the token of a conditional put.
        let more = "pkskversion12345put_token".len() + 36;
        fields.sum::<usize>() + keys.pk.len() + keys.sk.len() + more
    }

    #[test]
    fn reads_what_it_writes() {
        let record = PositionRecord::new(ada(), Vehicle::Car, &whereabouts());
        let written = serde_json::to_string(&record).unwrap();
        let read: PositionRecord = serde_json::from_str(&written).unwrap();
        assert_eq!(read.whereabouts(), whereabouts());
    }

    /// A report writes the position (one unit, and two in the index when the cell changes) and a stretch of the trail.
    #[test]
    fn a_report_of_any_size_writes_two_items_of_one_unit() {
        let record = PositionRecord::new(ada(), Vehicle::Scooter, &whereabouts());
        let bytes = item_bytes(&record, &super::super::position_key(ada()));
        assert!(bytes <= 1_024, "{bytes} bytes");
        let record = TrailRecord {
            points: "~".repeat(TEXT_MAX),
            expires_at: NOON.as_second(),
        };
        let bytes = item_bytes(&record, &super::super::trail_key(ada(), NOON));
        assert!(bytes <= 1_024, "{bytes} bytes");
    }
}
