//! The restaurant's own item, and who works where.

use ::store::{Commit, Index, Key, Query, Stored};
use contracts::Cause;
use contracts::restaurant::{Capacity, StaffRole};
use kernel::{OpeningHours, RestaurantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::{MenuRecord, listing, menu_key};
use crate::domain::{Area, Event, Overrides, Profile, PublishedMenu, Restaurant, Staff, Stage};
use crate::publish::publish;

/// A restaurant as its item holds it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct RestaurantRecord {
    restaurant_id: RestaurantId,
    created_at: Timestamp,
    revision: u64,
    #[serde(with = "::store::json")]
    profile: Profile,
    #[serde(with = "::store::json")]
    hours: OpeningHours,
    #[serde(with = "::store::json")]
    area: Area,
    #[serde(with = "::store::json")]
    capacity: Option<Capacity>,
    #[serde(with = "::store::json")]
    staff: Staff,
    #[serde(with = "::store::json")]
    stage: Stage,
    #[serde(with = "::store::json")]
    menu: Option<PublishedMenu>,
    #[serde(with = "::store::json")]
    overrides: Overrides,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
}

/// That a person works at a restaurant.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MembershipRecord {
    /// Where.
    pub restaurant_id: RestaurantId,
    /// As what.
    pub role: StaffRole,
}

const SUBMITTED: &str = "SUBMITTED";

impl From<&Restaurant> for RestaurantRecord {
    fn from(restaurant: &Restaurant) -> Self {
        let restaurant = restaurant.clone();
        let submitted = match &restaurant.stage {
            Stage::Submitted { since } => Some(format!("{:013}#{}", since.as_millisecond(), restaurant.id)),
            Stage::Draft | Stage::Approved { .. } | Stage::Suspended { .. } => None,
        };
        Self {
            restaurant_id: restaurant.id,
            created_at: restaurant.created_at,
            revision: restaurant.revision,
            profile: restaurant.profile,
            hours: restaurant.hours,
            area: restaurant.area,
            capacity: restaurant.capacity,
            staff: restaurant.staff,
            stage: restaurant.stage,
            menu: restaurant.menu,
            overrides: restaurant.overrides,
            gsi2pk: submitted.is_some().then(|| SUBMITTED.to_owned()),
            gsi2sk: submitted,
        }
    }
}

impl From<RestaurantRecord> for Restaurant {
    fn from(record: RestaurantRecord) -> Self {
        Self {
            id: record.restaurant_id,
            created_at: record.created_at,
            revision: record.revision,
            profile: record.profile,
            hours: record.hours,
            area: record.area,
            capacity: record.capacity,
            staff: record.staff,
            stage: record.stage,
            menu: record.menu,
            overrides: record.overrides,
        }
    }
}

/// Where a restaurant is.
pub fn restaurant_key(id: RestaurantId) -> Key {
    Key::new(format!("RESTAURANT#{id}"), "STATE")
}

fn membership_key(user_id: UserId, restaurant_id: RestaurantId) -> Key {
    Key::new(format!("USER#{user_id}"), format!("RESTAURANT#{restaurant_id}"))
}

/// The restaurants at which a person works.
pub fn memberships(user_id: UserId, limit: usize) -> Query {
    Query::new(Index::Table, format!("USER#{user_id}"), limit).prefix("RESTAURANT#")
}

/// The restaurants that wait for approval, those that wait longest first. Few do at a time, so one partition is enough.
pub fn submitted(limit: usize) -> Query {
    Query::new(Index::Gsi2, SUBMITTED, limit)
}

/// The commit that creates a restaurant.
pub fn found(cause: &Cause, restaurant: &Restaurant) -> Commit {
    let key = restaurant_key(restaurant.id);
    let commit = Commit::new(cause).create(&key, &restaurant.id, &RestaurantRecord::from(restaurant));
    let members = restaurant.staff.members().iter();
    members.fold(commit, |commit, member| {
        employ(commit, restaurant.id, member.user_id, member.role)
    })
}

/// The commit that makes of a restaurant what the events made of it.
pub fn change(
    cause: &Cause,
    read: &Stored<RestaurantRecord>,
    before: &Restaurant,
    events: &[Event],
    after: &Restaurant,
) -> Commit {
    let key = restaurant_key(after.id);
    let mut commit = Commit::new(cause).replace(&key, &after.id, read, &RestaurantRecord::from(after));
    for event in events {
        commit = publish(commit, event, after);
        commit = match event {
            Event::StaffPut(member) => employ(commit, after.id, member.user_id, member.role),
            Event::StaffRemoved(user_id) => commit.also_delete(&membership_key(*user_id, after.id), "", [], "staff"),
            Event::MenuPublished { published, menu } => {
                let record = MenuRecord::published(menu, published);
                commit.also_put(&menu_key(after.id, published.version), &record)
            }
            Event::ProfileChanged(_)
            | Event::Submitted { .. }
            | Event::Approved { .. }
            | Event::Suspended { .. }
            | Event::Paused(_)
            | Event::Resumed
            | Event::HoursReplaced(_)
            | Event::AreaReplaced(_)
            | Event::CapacityReplaced(_)
            | Event::AvailabilityChanged { .. } => commit,
        };
    }
    listing::relist(commit, before, after)
}

fn employ(commit: Commit, restaurant_id: RestaurantId, user_id: UserId, role: StaffRole) -> Commit {
    let record = MembershipRecord { restaurant_id, role };
    commit.also_put(&membership_key(user_id, restaurant_id), &record)
}
