//! From what happened to a restaurant to what other services hear.
//!
//! Nobody hears of a restaurant before it is approved. Its approval carries everything and is followed by its menu, so
//! whoever listens has then missed nothing; from there on every change is told, also while it is suspended.

use ::store::Commit;
use contracts::restaurant::{
    Approved, Changed, ItemAvailabilityChanged, MenuPublished, Paused, Resumed, Reviewed, Snapshot, Status,
};
use kernel::RestaurantId;

use crate::domain::review::Invitation;
use crate::domain::{Event, Restaurant, Stage};

/// Adds to a commit what an event means to others. `after` is the restaurant after all events of the commit.
#[must_use]
pub fn publish(commit: Commit, event: &Event, after: &Restaurant) -> Commit {
    if !after.stage.is_known() {
        return commit;
    }
    let restaurant = snapshot(after);
    match event {
        Event::Approved { .. } => {
            let commit = commit.event(&Approved { restaurant });
            match &after.menu {
                Some(menu) => commit.event(&menu_published(after.id, menu.version)),
                None => commit,
            }
        }
        Event::Paused(_) => commit.event(&Paused { restaurant }),
        Event::Resumed => commit.event(&Resumed { restaurant }),
        Event::MenuPublished { published, .. } => commit.event(&menu_published(after.id, published.version)),
        Event::AvailabilityChanged { entry, .. } => commit.event(&ItemAvailabilityChanged {
            restaurant_id: after.id,
            id: entry.id.clone(),
            kind: entry.kind,
            available: entry.available,
            until: entry.until,
        }),
        Event::ProfileChanged(_)
        | Event::Submitted { .. }
        | Event::Suspended { .. }
        | Event::HoursReplaced(_)
        | Event::AreaReplaced(_)
        | Event::CapacityReplaced(_)
        | Event::StaffPut(_)
        | Event::StaffRemoved(_) => commit.event(&Changed { restaurant }),
    }
}

/// What others hear of a review. The comment is the customer's, so it stays here.
#[must_use]
pub const fn reviewed(invitation: &Invitation, rating: u8) -> Reviewed {
    Reviewed {
        restaurant_id: invitation.restaurant_id,
        order_id: invitation.order_id,
        rating,
    }
}

/// The status as others know it.
#[must_use]
pub const fn status(stage: &Stage) -> Status {
    match stage {
        Stage::Draft => Status::Draft,
        Stage::Submitted { .. } => Status::Submitted,
        Stage::Approved { .. } => Status::Approved,
        Stage::Suspended { .. } => Status::Suspended,
    }
}

const fn menu_published(restaurant_id: RestaurantId, menu_version: u32) -> MenuPublished {
    MenuPublished {
        restaurant_id,
        menu_version,
    }
}

fn snapshot(restaurant: &Restaurant) -> Snapshot {
    let profile = &restaurant.profile;
    Snapshot {
        restaurant_id: restaurant.id,
        name: profile.name.to_string(),
        status: status(&restaurant.stage),
        address: profile.address.line(),
        phone: profile.phone.as_str().to_owned(),
        position: profile.position,
        time_zone: profile.time_zone.name().to_owned(),
        currency: profile.currency,
        tax: profile.tax,
        prep_time_minutes: profile.prep_time_minutes,
        minimum_order: profile.minimum_order,
        hours: restaurant.hours.clone(),
        zones: restaurant.area.zones.clone(),
        max_distance_m: restaurant.area.max_distance_m,
        capacity: restaurant.capacity,
        staff: restaurant.staff.members().to_vec(),
        pause: restaurant.timetable().pause.cloned(),
        menu_version: restaurant.menu.as_ref().map(|menu| menu.version),
    }
}
