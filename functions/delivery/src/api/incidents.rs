//! What went wrong on a delivery, as people read and write it.

pub mod list_incidents;
pub mod report_incident;

use contracts::{Contract as _, Envelope, MalformedEnvelope, delivery};
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::Note;
use crate::domain::incident::{IncidentKind, Reporter};
use crate::store::Incident;

/// What went wrong on a delivery: what people report, or what the platform notes itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum NotedName {
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
    /// The PIN was wrong too often.
    PinLocked,
    /// The food could not be handed over.
    Failed,
    /// The courier was taken off.
    Unassigned,
}

impl From<IncidentKind> for NotedName {
    fn from(kind: IncidentKind) -> Self {
        match kind {
            IncidentKind::Accident => Self::Accident,
            IncidentKind::VehicleProblem => Self::VehicleProblem,
            IncidentKind::FoodDamaged => Self::FoodDamaged,
            IncidentKind::WrongItems => Self::WrongItems,
            IncidentKind::CustomerProblem => Self::CustomerProblem,
            IncidentKind::RestaurantProblem => Self::RestaurantProblem,
            IncidentKind::CourierProblem => Self::CourierProblem,
            IncidentKind::Other => Self::Other,
        }
    }
}

/// Who says that something went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReporterName {
    /// Who brings the food.
    Courier,
    /// Who cooked it.
    Restaurant,
    /// Who runs the platform.
    Operator,
    /// The platform itself.
    Platform,
}

impl From<Reporter> for ReporterName {
    fn from(reporter: Reporter) -> Self {
        match reporter {
            Reporter::Courier => Self::Courier,
            Reporter::Restaurant => Self::Restaurant,
            Reporter::Operator => Self::Operator,
        }
    }
}

/// Something that went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct IncidentView {
    /// What: what people report, or `pin_locked`, `failed` and `unassigned`, which the platform notes itself.
    pub kind: NotedName,
    /// In the reporter's words; of the platform's own, the reason.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Note>)]
    pub note: Option<String>,
    /// Who says so.
    pub by: ReporterName,
    /// When.
    pub at: Timestamp,
}

impl From<&Incident> for IncidentView {
    fn from(incident: &Incident) -> Self {
        Self {
            kind: incident.kind.into(),
            note: Some(incident.note.clone()).filter(|note| !note.is_empty()),
            by: incident.by.into(),
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
            (NotedName::PinLocked, None)
        }
        delivery::Failed::TYPE => {
            let failed: delivery::Failed = event.data()?;
            (NotedName::Failed, Some(failed.reason.to_string()))
        }
        delivery::Released::TYPE => {
            let released: delivery::Released = event.data()?;
            (NotedName::Unassigned, released.reason.map(|reason| reason.to_string()))
        }
        _ => return Ok(None),
    };
    Ok(Some(IncidentView {
        kind,
        note,
        by: ReporterName::Platform,
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
            ("delivery.failed.v1", Some(NotedName::Failed)),
            ("delivery.released.v1", Some(NotedName::Unassigned)),
            ("delivery.delivered.v1", None),
        ] {
            let text = std::fs::read_to_string(format!("{folder}/{event_type}.json")).unwrap();
            let noted = noted(&Envelope::parse(&text).unwrap()).unwrap();
            assert_eq!(noted.map(|incident| incident.kind), kind, "{event_type}");
        }
        let text = std::fs::read_to_string(format!("{folder}/delivery.pin_refused.v1.json")).unwrap();
        let mut event = Envelope::parse(&text).unwrap();
        for (left, locked) in [(4, false), (1, false), (0, true)] {
            event.data["attempts_left"] = left.into();
            assert_eq!(noted(&event).unwrap().is_some(), locked, "{left}");
        }
    }
}
