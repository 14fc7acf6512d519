//! What went wrong on a delivery, as people read and write it.

use contracts::{Contract as _, Envelope, MalformedEnvelope, delivery};
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::incident::{IncidentKind, Reporter};
use crate::store::Incident;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum IncidentName {
    /// Somebody is hurt, or something is broken in traffic.
    Accident,
    /// The vehicle does not work.
    VehicleProblem,
    /// The food is spoilt, spilt or cold.
    FoodDamaged,
    /// The bag is another's, or something is missing.
    WrongItems,
    /// The customer is rude, dangerous or not to be found.
    CustomerProblem,
    /// The restaurant is closed, late or refuses.
    RestaurantProblem,
    /// The courier behaves badly.
    CourierProblem,
    /// Anything else.
    Other,
}

impl From<IncidentName> for IncidentKind {
    fn from(name: IncidentName) -> Self {
        match name {
            IncidentName::Accident => Self::Accident,
            IncidentName::VehicleProblem => Self::VehicleProblem,
            IncidentName::FoodDamaged => Self::FoodDamaged,
            IncidentName::WrongItems => Self::WrongItems,
            IncidentName::CustomerProblem => Self::CustomerProblem,
            IncidentName::RestaurantProblem => Self::RestaurantProblem,
            IncidentName::CourierProblem => Self::CourierProblem,
            IncidentName::Other => Self::Other,
        }
    }
}

const fn kind_name(kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::Accident => "accident",
        IncidentKind::VehicleProblem => "vehicle_problem",
        IncidentKind::FoodDamaged => "food_damaged",
        IncidentKind::WrongItems => "wrong_items",
        IncidentKind::CustomerProblem => "customer_problem",
        IncidentKind::RestaurantProblem => "restaurant_problem",
        IncidentKind::CourierProblem => "courier_problem",
        IncidentKind::Other => "other",
    }
}

const fn reporter_name(reporter: Reporter) -> &'static str {
    match reporter {
        Reporter::Courier => "courier",
        Reporter::Restaurant => "restaurant",
        Reporter::Operator => "operator",
    }
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentView {
    /// What: what people report, or `pin_locked`, `failed` and `unassigned`, which the platform notes itself.
    #[schema(example = "accident")]
    pub kind: String,
    /// In the reporter's words; of the platform's own, the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// `courier`, `restaurant`, `operator` or `platform`.
    pub by: String,
    /// When.
    pub at: Timestamp,
}

impl From<&Incident> for IncidentView {
    fn from(incident: &Incident) -> Self {
        Self {
            kind: kind_name(incident.kind.into()).to_owned(),
            note: Some(incident.note.clone()).filter(|note| !note.is_empty()),
            by: reporter_name(incident.by.into()).to_owned(),
            at: incident.at,
        }
    }
}

/// What an event of the delivery says went wrong, if anything.
///
/// # Errors
/// When the event is not what its type claims.
pub fn noted(event: &Envelope) -> Result<Option<IncidentView>, MalformedEnvelope> {
    let (kind, note) = match event.event_type.as_str() {
        delivery::PinRefused::TYPE => {
            let refused: delivery::PinRefused = event.data()?;
            if refused.attempts_left > 0 {
                return Ok(None);
            }
            ("pin_locked", None)
        }
        delivery::Failed::TYPE => {
            let failed: delivery::Failed = event.data()?;
            ("failed", Some(failed.reason))
        }
        delivery::Released::TYPE => {
            let released: delivery::Released = event.data()?;
            ("unassigned", released.reason)
        }
        _ => return Ok(None),
    };
    Ok(Some(IncidentView {
        kind: kind.to_owned(),
        note,
        by: "platform".to_owned(),
        at: event.time,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platform_notes_what_its_events_say() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/contracts/golden");
        for (event_type, kind) in [
            ("delivery.failed.v1", Some("failed")),
            ("delivery.released.v1", Some("unassigned")),
            ("delivery.delivered.v1", None),
        ] {
            let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
            let noted = noted(&Envelope::parse(&text).unwrap()).unwrap();
            assert_eq!(noted.map(|incident| incident.kind).as_deref(), kind, "{event_type}");
        }
        let text = std::fs::read_to_string(format!("{folder}/delivery.pin_refused.v1.json")).unwrap();
        let mut event = Envelope::parse(&text).unwrap();
        for (left, locked) in [(4, false), (1, false), (0, true)] {
            event.data["attempts_left"] = left.into();
            assert_eq!(noted(&event).unwrap().is_some(), locked, "{left}");
        }
    }
}
