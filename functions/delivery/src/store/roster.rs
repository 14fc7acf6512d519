//! What a courier has planned, as the table holds it: one item a courier.

use ::store::{Commit, Key, StoreError, Stored, Table};
use kernel::{CourierId, ShiftId};
use serde::{Deserialize, Serialize};

use super::couriers::instant;
use crate::domain::roster::{Planned, Roster};
use crate::domain::work::Span;

/// A courier's planned shifts.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct RosterRecord {
    /// Id, from and to in seconds since 1970, the earliest first.
    #[serde(with = "::store::json")]
    shifts: Vec<(ShiftId, i64, i64)>,
}

impl From<&Roster> for RosterRecord {
    fn from(roster: &Roster) -> Self {
        let shift = |Planned { shift_id, span }: &Planned| (*shift_id, span.from.as_second(), span.to.as_second());
        Self {
            shifts: roster.shifts().iter().map(shift).collect(),
        }
    }
}

impl From<&RosterRecord> for Roster {
    fn from(record: &RosterRecord) -> Self {
        let shift = |(shift_id, from, to): &(ShiftId, i64, i64)| {
            let (from, to) = (instant(Some(*from))?, instant(Some(*to))?);
            Some(Planned {
                shift_id: *shift_id,
                span: Span { from, to },
            })
        };
        Self::new(record.shifts.iter().filter_map(shift).collect())
    }
}

/// A roster as it was read.
#[derive(Debug, Clone)]
pub struct RosterFound {
    /// What is planned; nothing before the first plan.
    pub roster: Roster,
    stored: Option<Stored<RosterRecord>>,
}

fn key(courier_id: CourierId) -> Key {
    Key::new(format!("COURIER#{courier_id}"), "ROSTER")
}

/// Reads a courier's roster.
///
/// # Errors
/// When the table does not answer.
pub async fn roster(table: &Table, courier_id: CourierId) -> Result<RosterFound, StoreError> {
    let stored: Option<Stored<RosterRecord>> = table.get(&key(courier_id)).await?;
    let roster = stored.as_ref().map(|stored| Roster::from(&stored.value));
    Ok(RosterFound {
        roster: roster.unwrap_or_default(),
        stored,
    })
}

/// Adds to a commit that a roster becomes another. It is a conflict if the roster is not what was read.
#[must_use]
pub fn put_roster(commit: Commit, courier_id: CourierId, read: &RosterFound, roster: &Roster) -> Commit {
    let (key, record) = (key(courier_id), RosterRecord::from(roster));
    commit.also_write(&key, read.stored.as_ref(), &record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, id, minutes};
    use crate::domain::roster::PLANNED_MAX;

    #[test]
    fn reads_what_it_writes_in_few_units() {
        let shift = |number: i64| Planned {
            shift_id: id(u128::MAX - u128::try_from(number).unwrap()),
            span: Span {
                from: NOON + minutes(60 * number),
                to: NOON + minutes(60 * number + 60),
            },
        };
        let count = i64::try_from(PLANNED_MAX).unwrap();
        let full = Roster::new((0..count).map(shift).collect());
        let written = serde_json::to_string(&RosterRecord::from(&full)).unwrap();
        let read: RosterRecord = serde_json::from_str(&written).unwrap();
        assert_eq!(Roster::from(&read), full);
        assert!(written.len() < 4_000, "{} bytes", written.len());
    }
}
