//! Couriers as the table holds them.

use kernel::{CourierId, DeliveryId, OfferId, Position, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::names::{EndRecord, VehicleRecord};
use crate::domain::Vehicle;
use crate::domain::cell::{Cell, cell};
use crate::domain::courier::{Courier, Duty, PastOffer};
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

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum DutyRecord {
    Pending,
    OffShift,
    Free {
        since: Timestamp,
    },
    Considering {
        offer_id: OfferId,
        delivery_id: DeliveryId,
        expires_at: Timestamp,
    },
    Engaged {
        offer_id: OfferId,
        delivery_id: DeliveryId,
    },
}

impl From<&Courier> for CourierRecord {
    fn from(courier: &Courier) -> Self {
        let duty = match courier.duty {
            Duty::Pending => DutyRecord::Pending,
            Duty::OffShift => DutyRecord::OffShift,
            Duty::Free { since } => DutyRecord::Free { since },
            Duty::Considering {
                offer_id,
                delivery_id,
                expires_at,
            } => DutyRecord::Considering {
                offer_id,
                delivery_id,
                expires_at,
            },
            Duty::Engaged { offer_id, delivery_id } => DutyRecord::Engaged { offer_id, delivery_id },
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
        let duty = match record.duty {
            DutyRecord::Pending => Duty::Pending,
            DutyRecord::OffShift => Duty::OffShift,
            DutyRecord::Free { since } => Duty::Free { since },
            DutyRecord::Considering {
                offer_id,
                delivery_id,
                expires_at,
            } => Duty::Considering {
                offer_id,
                delivery_id,
                expires_at,
            },
            DutyRecord::Engaged { offer_id, delivery_id } => Duty::Engaged { offer_id, delivery_id },
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
