//! Couriers as the table holds them.

use kernel::{CourierId, DeliveryId, OfferId, Position, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::names::{EndRecord, VehicleRecord};
use crate::domain::Vehicle;
use crate::domain::cell::{Cell, cell};
use crate::domain::courier::{Courier, Duty, Job, LiveOffer, PastOffer, Shift};
use crate::domain::dispatch::Candidate;
use crate::domain::track::Sighting;

/// A position that was not renewed for so long is removed, even if nobody ended the shift.
const POSITION_KEPT_FOR: SignedDuration = SignedDuration::from_hours(12);

/// A courier: the lock that an offer takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CourierRecord {
    vehicle: VehicleRecord,
    duty: DutyRecord,
    #[serde(default, skip_serializing_if = "Vec::is_empty", with = "::store::json")]
    past: Vec<(OfferId, EndRecord)>,
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
    idle_since: Timestamp,
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
            idle_since: shift.idle_since,
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
            idle_since: record.idle_since,
            brought: record.brought,
            declined: record.declined,
            offer,
            jobs: jobs.collect(),
        }
    }
}

impl From<&Courier> for CourierRecord {
    fn from(courier: &Courier) -> Self {
        let duty = match &courier.duty {
            Duty::Pending => DutyRecord::Pending,
            Duty::OffShift => DutyRecord::OffShift,
            Duty::OnShift(shift) => DutyRecord::OnShift(shift.into()),
        };
        let past = courier.past.iter().map(|past| (past.offer_id, past.end.into()));
        Self {
            vehicle: courier.vehicle.into(),
            duty,
            past: past.collect(),
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
            end: (*end).into(),
        });
        Self {
            vehicle: record.vehicle.into(),
            duty,
            past: past.collect(),
        }
    }
}

/// A courier's papers, which nothing but the onboarding reads.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Documents {
    /// Kind and reference of each.
    #[serde(with = "::store::json")]
    pub documents: Vec<(String, String)>,
}

/// Where a courier on shift was last seen. In the first index by cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PositionRecord {
    courier_id: CourierId,
    vehicle: VehicleRecord,
    /// Where.
    pub position: Position,
    /// When.
    pub at: Timestamp,
    gsi1pk: Option<String>,
    gsi1sk: CourierId,
    expires_at: i64,
}

/// The index partition of the couriers in a cell.
#[must_use]
pub fn cell_partition(cell: Cell) -> String {
    format!("CELL#{cell}")
}

impl PositionRecord {
    /// A sighting of a courier.
    #[must_use]
    pub fn new(courier_id: CourierId, vehicle: Vehicle, sighting: Sighting) -> Self {
        Self {
            courier_id,
            vehicle: vehicle.into(),
            position: sighting.position,
            at: sighting.at,
            gsi1pk: cell(sighting.position).map(cell_partition),
            gsi1sk: courier_id,
            expires_at: (sighting.at + POSITION_KEPT_FOR).as_second(),
        }
    }

    /// The sighting.
    #[must_use]
    pub const fn sighting(&self) -> Sighting {
        Sighting {
            at: self.at,
            position: self.position,
        }
    }

    /// The courier as a search sees it.
    #[must_use]
    pub fn candidate(&self) -> Candidate {
        Candidate {
            courier_id: self.courier_id,
            vehicle: self.vehicle.into(),
            position: self.position,
            seen_at: self.at,
        }
    }
}
