//! The events of the domain as the events that other services receive.
//!
//! Nothing about a restaurant is published before its approval. The event of the approval carries the whole restaurant, and
//! an event of its menu follows; from then on every change is published, also during a suspension.

use ::store::Commit;
use contracts::restaurant::{
    Approved, AvailabilityOverride, Changed, ItemAvailabilityChanged, MenuPublished, Paused, Resumed, Reviewed,
    Snapshot, Status,
};

use crate::domain::review::Invitation;
use crate::domain::{Event, Override, Restaurant, Stage};

/// Adds to a commit the events that other services receive for an event of the domain. `after` is the restaurant after all
/// events of the commit.
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
                Some(menu) => commit.event(&menu_published(after, menu.version)),
                None => commit,
            }
        }
        // Other services know the staff, which an invited person belongs to once they accept.
        Event::StaffInvited(_) => commit,
        Event::Paused(_) => commit.event(&Paused { restaurant }),
        Event::Resumed => commit.event(&Resumed { restaurant }),
        Event::MenuPublished { published, .. } => commit.event(&menu_published(after, published.version)),
        Event::AvailabilityChanged { entry, .. } => commit.event(&ItemAvailabilityChanged {
            restaurant_id: after.id,
            id: entry.id.clone(),
            kind: entry.kind,
            available: entry.available,
            until: entry.until,
            overrides: Some(overrides(after)),
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

/// The event of a review. The comment is the customer's, so it stays here.
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

fn menu_published(restaurant: &Restaurant, menu_version: u32) -> MenuPublished {
    MenuPublished {
        restaurant_id: restaurant.id,
        menu_version,
        overrides: Some(overrides(restaurant)),
    }
}

/// Everything whose availability differs from the menu: the whole of it each time, so that a consumer which missed something
/// is right again with the next event.
fn overrides(restaurant: &Restaurant) -> Vec<AvailabilityOverride> {
    let told = |known: &Override| AvailabilityOverride {
        id: known.id.clone(),
        kind: known.kind,
        available: known.available,
        until: known.until,
    };
    restaurant.overrides.iter().map(told).collect()
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

#[cfg(test)]
mod tests {
    use super::*;
    use ::store::Key;
    use contracts::restaurant::Pause;
    use contracts::{Cause, PUBLISHED};
    use kernel::OpeningHours;

    use crate::domain::menu::cast::menu;
    use crate::domain::restaurant::cast::{OPERATOR, OWNER, caller, now, restaurant};
    use crate::domain::{Command, StageName};

    /// The types of the events that a command tells others, in order.
    fn told(before: Restaurant, by: u8, command: &Command) -> Vec<&'static str> {
        let events = before.decide(command, &caller(by), now()).unwrap();
        let after = events.iter().fold(before, Restaurant::evolve);
        let cause = Cause {
            now: now(),
            correlation_id: "c".to_owned(),
            causation_id: "r".to_owned(),
            traceparent: None,
        };
        let commit = Commit::new(&cause).create(&Key::new("RESTAURANT", "STATE"), &after.id, &serde_json::json!({}));
        let commit = events
            .iter()
            .fold(commit, |commit, event| publish(commit, event, &after));
        // The commit shows its writes in order, each event with its type as an attribute of its own.
        let shown = format!("{commit:?}");
        let mut found: Vec<(usize, &str)> = PUBLISHED
            .iter()
            .filter_map(|published| {
                let attribute = format!("\"event_type\": S(\"{}\")", published.event_type);
                Some((shown.find(&attribute)?, published.event_type))
            })
            .collect();
        found.sort_unstable();
        found.into_iter().map(|(_, event_type)| event_type).collect()
    }

    fn publish_menu() -> Command {
        Command::PublishMenu {
            draft_revision: "d1".to_owned(),
            menu: Box::new(menu()),
        }
    }

    #[test]
    fn nobody_hears_of_a_draft() {
        for stage in [StageName::Draft, StageName::Submitted] {
            for command in [Command::ReplaceHours(OpeningHours::always()), publish_menu()] {
                assert!(told(restaurant(stage), OWNER, &command).is_empty());
            }
        }
        assert!(told(restaurant(StageName::Draft), OWNER, &Command::Submit).is_empty());
    }

    #[test]
    fn after_its_approval_every_change_is_told() {
        let pause = Command::Pause(Pause {
            until: None,
            reason: "full".to_owned(),
        });
        let hours = Command::ReplaceHours(OpeningHours::always());
        for (stage, by, command, expected) in [
            (
                StageName::Submitted,
                OPERATOR,
                Command::Approve,
                "restaurant.approved.v1",
            ),
            (
                StageName::Approved,
                OPERATOR,
                Command::Suspend { reason: None },
                "restaurant.changed.v1",
            ),
            (
                StageName::Suspended,
                OPERATOR,
                Command::Approve,
                "restaurant.approved.v1",
            ),
            (StageName::Suspended, OWNER, hours.clone(), "restaurant.changed.v1"),
            (StageName::Approved, OWNER, hours, "restaurant.changed.v1"),
            (StageName::Approved, OWNER, pause, "restaurant.paused.v1"),
            (StageName::Paused, OWNER, Command::Resume, "restaurant.resumed.v1"),
            (
                StageName::Approved,
                OWNER,
                publish_menu(),
                "restaurant.menu_published.v1",
            ),
        ] {
            assert_eq!(told(restaurant(stage), by, &command), [expected]);
        }
    }

    #[test]
    fn an_approval_is_followed_by_the_menu() {
        let mut with_menu = restaurant(StageName::Submitted);
        for event in with_menu.decide(&publish_menu(), &caller(OWNER), now()).unwrap() {
            with_menu = with_menu.evolve(&event);
        }
        assert_eq!(snapshot(&with_menu).menu_version, Some(1));
        let told = told(with_menu, OPERATOR, &Command::Approve);
        assert_eq!(told, ["restaurant.approved.v1", "restaurant.menu_published.v1"]);
    }
}
