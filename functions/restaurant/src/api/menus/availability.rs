//! Bodies of the two operations that say what is sold out.

use contracts::restaurant::MenuEntry;
use kernel::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::shapes::EntryId;
use crate::domain::Override;

/// Whether something can be ordered.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AvailabilityChange {
    /// False: sold out.
    #[schema(example = false)]
    available: bool,
    /// It comes back by itself then.
    #[serde(default)]
    #[schema(example = "2026-11-20T18:30:00Z")]
    until: Option<Timestamp>,
}

/// Whether something can be ordered.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryView {
    /// Its id on the menu.
    #[schema(value_type = EntryId)]
    id: String,
    kind: MenuEntry,
    available: bool,
    /// It comes back by itself then.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<Timestamp>,
}

impl AvailabilityChange {
    /// The override of an entry that was asked for.
    pub fn of(self, kind: MenuEntry, id: String) -> Override {
        Override {
            kind,
            id,
            available: self.available,
            until: self.until,
        }
    }
}

impl From<Override> for EntryView {
    fn from(entry: Override) -> Self {
        Self {
            id: entry.id,
            kind: entry.kind,
            available: entry.available,
            until: entry.until,
        }
    }
}
