//! The restaurant's own item, and who works where.

use ::store::{Commit, Freshness, Index, Key, Query, StoreError, Stored, Table};
use contracts::Cause;
use contracts::restaurant::{Capacity, StaffMember, StaffRole};
use kernel::{OpeningHours, RestaurantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::listing::{self, ListingRecord, listing_key};
use super::menu::{MENUS_KEPT, MenuRecord, menu_key};
use crate::domain::search::Rating;
use crate::domain::{
    Area, Event, Invitation, Invitations, Overrides, Profile, PublishedMenu, Restaurant, Staff, Stage,
};

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
    #[serde(default, skip_serializing_if = "Invitations::is_empty", with = "::store::json")]
    invitations: Invitations,
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

/// That a person works at a restaurant, or is invited to.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct MembershipRecord {
    pub restaurant_id: RestaurantId,
    /// As what.
    pub role: StaffRole,
    /// Until when the invitation may be accepted; `None` for a person who works there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invited_until: Option<Timestamp>,
    /// When the table forgets an invitation, in seconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

impl MembershipRecord {
    /// False for an invitation that can no longer be accepted.
    pub fn is_valid(&self, now: Timestamp) -> bool {
        self.invited_until.is_none_or(|until| now < until)
    }
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
            invitations: restaurant.invitations,
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
            invitations: record.invitations,
            stage: record.stage,
            menu: record.menu,
            overrides: record.overrides,
        }
    }
}

/// Loads a restaurant; `None` if there is none.
///
/// # Errors
/// When the table does not answer.
pub async fn load_restaurant(table: &Table, id: RestaurantId) -> Result<Option<Restaurant>, StoreError> {
    let read = table.get::<RestaurantRecord>(&restaurant_key(id)).await?;
    Ok(read.map(|read| read.value.into()))
}

/// Loads a restaurant and its rating in one round trip; `None` if there is no restaurant.
///
/// # Errors
/// When the table does not answer.
pub async fn load_rated_restaurant(
    table: &Table,
    id: RestaurantId,
) -> Result<Option<(Restaurant, Rating)>, StoreError> {
    let items = table.get_all(&[restaurant_key(id), listing_key(id)]).await?;
    let mut items = items.into_iter();
    let Some(state) = items.next().flatten() else {
        return Ok(None);
    };
    let state: Stored<RestaurantRecord> = ::store::read(state)?;
    let listing = items.next().flatten().map(::store::read::<ListingRecord>).transpose()?;
    let rating = listing.map(|listing| listing.value.rating()).unwrap_or_default();
    Ok(Some((state.value.into(), rating)))
}

/// Loads several restaurants in one round trip, in the order of their ids, as they were a moment ago; `None` for each that
/// does not exist. Any that did not exist then are read again as they are now.
///
/// # Errors
/// When the table does not answer.
pub async fn load_restaurants(table: &Table, ids: &[RestaurantId]) -> Result<Vec<Option<Restaurant>>, StoreError> {
    let keys: Vec<Key> = ids.iter().copied().map(restaurant_key).collect();
    let mut items = table.get_all_fresh(&keys, Freshness::Recent).await?;
    if items.iter().any(Option::is_none) {
        items = table.get_all(&keys).await?;
    }
    let read = |item| ::store::read::<RestaurantRecord>(item).map(|read| read.value.into());
    items.into_iter().map(|item| item.map(read).transpose()).collect()
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
pub fn create(cause: &Cause, restaurant: &Restaurant) -> Commit {
    let key = restaurant_key(restaurant.id);
    let commit = Commit::new(cause).create(&key, &restaurant.id, &RestaurantRecord::from(restaurant));
    let members = restaurant.staff.members().iter();
    members.fold(commit, |commit, member| {
        put_membership(commit, restaurant.id, *member, None)
    })
}

/// The commit that replaces a restaurant by its state after some events, with the memberships, menus and the listing that
/// they change.
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
        commit = match event {
            Event::StaffInvited(Invitation { member, until }) => {
                put_membership(commit, after.id, *member, Some(*until))
            }
            Event::StaffPut(member) => put_membership(commit, after.id, *member, None),
            Event::StaffRemoved(user_id) => commit.also_delete(&membership_key(*user_id, after.id)),
            Event::MenuPublished { published, menu } => {
                let record = MenuRecord::published(menu, published);
                let commit = commit.also_put(&menu_key(after.id, published.version), &record);
                match published.version.checked_sub(MENUS_KEPT) {
                    Some(old @ 1..) => commit.also_delete(&menu_key(after.id, old)),
                    Some(0) | None => commit,
                }
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
    listing::update_listing(commit, before, after)
}

fn put_membership(
    commit: Commit,
    restaurant_id: RestaurantId,
    member: StaffMember,
    invited_until: Option<Timestamp>,
) -> Commit {
    let record = MembershipRecord {
        restaurant_id,
        role: member.role,
        invited_until,
        expires_at: invited_until.map(Timestamp::as_second),
    };
    commit.also_put(&membership_key(member.user_id, restaurant_id), &record)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StageName;
    use crate::domain::menu::cast::menu;
    use crate::domain::restaurant::cast::{now, restaurant};

    #[test]
    fn a_new_version_of_a_menu_takes_the_place_of_an_old_one() {
        let before = restaurant(StageName::Draft);
        let deleted = |version| {
            let published = PublishedMenu {
                version,
                draft_revision: "d".to_owned(),
                published_at: now(),
                diets: vec![],
                typical_price: None,
            };
            let menu = Box::new(menu());
            let event = Event::MenuPublished { published, menu };
            let after = before.clone().evolve(&event);
            let cause = Cause {
                now: now(),
                correlation_id: "c".to_owned(),
                causation_id: "r".to_owned(),
                traceparent: None,
            };
            let read = Stored {
                value: RestaurantRecord::from(&before),
                version: 1,
                sequence: 0,
            };
            let shown = format!("{:?}", change(&cause, &read, &before, &[event], &after));
            (1..version)
                .filter(|old| shown.contains(&menu_key(before.id, *old).sk))
                .collect::<Vec<_>>()
        };
        assert_eq!(deleted(MENUS_KEPT), Vec::<u32>::new());
        assert_eq!(deleted(MENUS_KEPT + 1), [1]);
        assert_eq!(deleted(70), [50]);
    }
}
