//! What the two endpoints share that say what is sold out.

use contracts::restaurant::{MenuEntry, StaffRole};
use kernel::{RestaurantId, Timestamp};
use runtime::{Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::shapes::EntryId;
use crate::app::App;
use crate::domain::overrides::listed;
use crate::domain::{Authority, Command, Override};
use crate::store::menu_key;

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

/// Says at once whether an entry of the published menu can be ordered. It holds across versions of the menu.
///
/// # Errors
/// When the caller may not, or there is no such entry.
pub async fn set_availability(
    app: &App,
    principal: &Principal,
    RequestCause(cause): &RequestCause,
    (restaurant_id, kind, id): (RestaurantId, MenuEntry, String),
    change: &AvailabilityChange,
) -> Result<EntryView, Problem> {
    let authority = Authority::AtLeast(StaffRole::Staff);
    let restaurant = app.permitted(restaurant_id, principal, authority).await?;
    let menu = match &restaurant.menu {
        Some(published) => app.menu(&menu_key(restaurant_id, published.version)).await?,
        None => None,
    };
    let listed = menu.and_then(|record| listed(&record.menu, kind, &id));
    let entry = Override {
        kind,
        id,
        available: change.available,
        until: change.until,
    };
    let command = Command::SetAvailability {
        entry: entry.clone(),
        listed,
    };
    app.execute(restaurant_id, principal, cause, &command).await?;
    Ok(EntryView {
        id: entry.id,
        kind,
        available: entry.available,
        until: entry.until,
    })
}
