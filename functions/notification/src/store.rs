//! Records, keys and queries.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `USER#<user>` | `PERSON` | how to reach a person and what the person wants to hear |
//! | `USER#<user>` or `OPERATORS` | `NOTE#<message>` | a message in an in-app inbox, and the claim on its sending |
//! | `USER#<user>` | `SILENT#<message>` | the claim alone, where the inbox is not wanted |
//! | `MESSAGE#<message>` | `EVENT#00000001` | how a mail or text message ended: sent or failed |
//! | `ORDER#<order>` | `AUDIENCE` | who may follow an order |
//! | `RESTAURANT#<restaurant>` | `STAFF` | who works there |
//! | `ORDER#…`, `RESTAURANT#…`, `COURIER#…`, `OPERATORS` | `LIVE#<connection>` | a connection that follows the topic |
//! | `CONNECTION#<connection>` | `STATE` | a live connection and its topics |
//! | `USER#<user>` | `SESSIONS` | a person's open connections |
//! | `TOLD#<order>` | `DELAY` | what a text message last told of an order's delay |
//! | `BUDGET#…` | a window's start | how often something was done |
//! | `STANDING#<user>` | `STANDING` | the roles that a person has since the last change |
//! | `TICKET#<ticket>` | `USED` | a ticket that has opened its connection |

pub mod budgets;

use std::collections::BTreeMap;

use ::store::{Freshness, Index, Key, Query};
use contracts::internal::Contact;
use contracts::notification::Channel;
use contracts::restaurant::StaffMember;
use contracts::user::PreferencesChanged;
use kernel::{CourierId, MessageId, OrderId, RestaurantId, Role, SignedDuration, Timestamp, TypedId as _, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::{Recipient, Topic};

/// How long an inbox keeps a message.
pub const NOTE_KEPT_FOR: SignedDuration = SignedDuration::from_hours(90 * 24);
/// How long an order can be followed: longer than any late event about it takes.
pub const AUDIENCE_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Followers read at a time.
pub const WATCHERS_PAGE: usize = 100;

/// How to reach a person and what the person wants to hear: a replica of what the user service owns.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Person {
    /// How to reach the person; `None` before it was fetched.
    #[serde(default, with = "::store::json")]
    pub contact: Option<Contact>,
    /// What the person set; `None` stands for the defaults.
    #[serde(default, with = "::store::json")]
    pub preferences: Option<PreferencesChanged>,
    /// The sequence of the event that told the preferences.
    #[serde(default)]
    pub preferences_sequence: u32,
    /// Categories whose mails were unsubscribed by a link, and when.
    #[serde(default, with = "::store::json")]
    pub unsubscribed: BTreeMap<String, Timestamp>,
}

/// A message in an inbox. As long as `lease_until`, somebody is at work sending it over `channels`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// What it tells, such as `order_confirmed`.
    pub kind: String,
    /// What it is about.
    pub category: String,
    /// The headline.
    pub title: String,
    /// A sentence or two.
    pub body: String,
    /// The order it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order_id: Option<OrderId>,
    /// When what it tells happened.
    pub created_at: Timestamp,
    /// When the person read it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_at: Option<Timestamp>,
    /// The ways it goes besides, with their providers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub channels: Vec<Channel>,
    /// The consumer that is sending it, by an id of its own: a claim by another at the same second is another claim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claimed_by: Option<String>,
    /// Until when that consumer may send it, in seconds of the epoch.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_until: Option<i64>,
    /// When the table forgets it, in seconds of the epoch.
    pub expires_at: i64,
}

/// A note as it lies in the table.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct NoteItem {
    /// `NOTE#<message>`.
    pub sk: String,
    /// The record.
    #[serde(flatten)]
    pub note: Note,
}

impl NoteItem {
    /// The message's id.
    pub fn message_id(&self) -> Option<MessageId> {
        self.sk.strip_prefix(NOTE_PREFIX)?.parse().ok()
    }
}

/// Who may follow an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audience {
    /// Who ordered.
    pub customer_id: UserId,
    /// Who cooks.
    pub restaurant_id: RestaurantId,
    /// The restaurant's name, for messages.
    pub restaurant_name: String,
    /// The courier who fetches it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub courier_id: Option<CourierId>,
    /// The sequence of the delivery's event that named the courier, or took the courier off.
    #[serde(default)]
    pub courier_since: u32,
    /// When the table forgets it, in seconds of the epoch.
    pub expires_at: i64,
}

/// Who works at a restaurant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Staff {
    /// Everybody.
    #[serde(with = "::store::json")]
    pub staff: Vec<StaffMember>,
}

impl Staff {
    /// Whether somebody works there.
    pub fn includes(&self, user_id: UserId) -> bool {
        self.staff.iter().any(|member| member.user_id == user_id)
    }
}

/// A live connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Connection {
    /// Its owner.
    pub user_id: UserId,
    /// What its owner may be, as the ticket said. Once one of these is lost, the connection is closed.
    #[serde(default, with = "::store::json")]
    pub roles: Vec<Role>,
    /// What it follows.
    #[serde(default, with = "::store::json")]
    pub topics: Vec<Topic>,
    /// When it ends at the latest, in seconds of the epoch.
    pub expires_at: i64,
}

/// A person's open connections, the oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sessions {
    /// The connections.
    #[serde(with = "::store::json")]
    pub open: Vec<Session>,
    /// When the last of them ends at the latest, in seconds of the epoch.
    pub expires_at: i64,
}

/// One open connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub connection_id: String,
    /// When it ends at the latest, in seconds of the epoch.
    pub expires_at: i64,
}

/// What a text message last told of an order's delay.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToldDelay {
    /// The order's event that it told.
    pub sequence: u32,
    /// When the food was to be ready.
    pub ready_at: Timestamp,
    /// When it was told.
    pub told_at: Timestamp,
    /// When the table forgets it, in seconds of the epoch.
    pub expires_at: i64,
}

/// A connection that follows a topic.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watcher {
    /// The connection.
    pub connection_id: String,
    /// Its owner.
    pub user_id: UserId,
    /// True for an operator's.
    pub operator: bool,
    /// When it ends at the latest, in seconds of the epoch.
    pub expires_at: i64,
}

/// What lies in the partition of a topic: its followers, and who may follow it.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum TopicItem {
    /// A follower.
    Watcher(Watcher),
    /// Who may follow an order.
    Audience(Audience),
    /// Who may follow a restaurant.
    Staff(Staff),
    /// Something else, such as a message in the operators' inbox.
    Other {},
}

/// A used ticket.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct UsedTicket {
    /// What it opened.
    pub connection_id: String,
    /// When the table forgets it, in seconds of the epoch.
    pub expires_at: i64,
}

const NOTE_PREFIX: &str = "NOTE#";
const LIVE_PREFIX: &str = "LIVE#";
const OPERATORS: &str = "OPERATORS";
const STAFF: &str = "STAFF";

/// The moment when the table forgets something that it keeps for a while.
pub fn expiry(now: Timestamp, kept_for: SignedDuration) -> i64 {
    now.as_second() + kept_for.as_secs()
}

/// The key of a person.
pub fn person_key(user_id: UserId) -> Key {
    Key::new(format!("USER#{user_id}"), "PERSON")
}

/// Reads a person, eventually consistently: a preference that changes while its message is under way may come too late.
pub fn person_query(user_id: UserId) -> Query {
    Query::new(Index::Table, format!("USER#{user_id}"), 1)
        .prefix("PERSON")
        .freshness(Freshness::Recent)
}

/// The partition of an inbox.
pub fn inbox(recipient: Recipient) -> String {
    match recipient {
        Recipient::Person(user_id) => format!("USER#{user_id}"),
        Recipient::Operators => OPERATORS.to_owned(),
    }
}

/// The key of a message in an inbox, or of its claim alone.
pub fn note_key(recipient: Recipient, message_id: MessageId, in_app: bool) -> Key {
    let prefix = if in_app { NOTE_PREFIX } else { "SILENT#" };
    Key::new(inbox(recipient), format!("{prefix}{message_id}"))
}

/// An inbox, newest first.
pub fn notes(recipient: Recipient, limit: usize) -> Query {
    Query::new(Index::Table, inbox(recipient), limit)
        .prefix(NOTE_PREFIX)
        .newest_first()
}

/// The event that says how a message ended.
pub fn outcome_key(message_id: MessageId) -> Key {
    Key::new(
        format!("MESSAGE#{message_id}"),
        format!("{}00000001", ::store::EVENT_PREFIX),
    )
}

/// The partition of a topic.
pub fn topic_partition(topic: &Topic) -> String {
    match topic {
        Topic::Order(order_id) => format!("ORDER#{order_id}"),
        Topic::Restaurant(restaurant_id) => format!("RESTAURANT#{restaurant_id}"),
        Topic::Courier(courier_id) => format!("COURIER#{courier_id}"),
        Topic::Operators => OPERATORS.to_owned(),
    }
}

/// A topic's followers, and who may follow it where that decides who still may. An eventually consistent read suffices: who
/// has only just subscribed asks for the present state over HTTP.
pub fn topic_items(topic: &Topic) -> Query {
    let query = Query::new(Index::Table, topic_partition(topic), WATCHERS_PAGE).freshness(Freshness::Recent);
    match topic {
        Topic::Order(_) | Topic::Restaurant(_) | Topic::Courier(_) => query,
        // The operators' partition holds their inbox too.
        Topic::Operators => query.prefix(LIVE_PREFIX),
    }
}

/// The key of who may follow an order.
pub fn audience_key(order_id: OrderId) -> Key {
    Key::new(format!("ORDER#{order_id}"), "AUDIENCE")
}

/// The key of who works at a restaurant.
pub fn staff_key(restaurant_id: RestaurantId) -> Key {
    Key::new(topic_partition(&Topic::Restaurant(restaurant_id)), STAFF)
}

/// Reads who works at a restaurant, eventually consistently.
pub fn staff_query(restaurant_id: RestaurantId) -> Query {
    let topic = Topic::Restaurant(restaurant_id);
    Query::new(Index::Table, topic_partition(&topic), 1)
        .prefix(STAFF)
        .freshness(Freshness::Recent)
}

/// The key of a follower.
pub fn watcher_key(topic: &Topic, connection_id: &str) -> Key {
    Key::new(topic_partition(topic), format!("{LIVE_PREFIX}{connection_id}"))
}

/// The key of a connection.
pub fn connection_key(connection_id: &str) -> Key {
    Key::new(format!("CONNECTION#{connection_id}"), "STATE")
}

/// The key of a person's open connections.
pub fn sessions_key(user_id: UserId) -> Key {
    Key::new(format!("USER#{user_id}"), "SESSIONS")
}

/// The key of what was told of an order's delay.
pub fn told_delay_key(order_id: OrderId) -> Key {
    Key::new(format!("TOLD#{order_id}"), "DELAY")
}

/// The key of a ticket that has been used.
pub fn ticket_key(ticket_id: &str) -> Key {
    Key::new(format!("TICKET#{ticket_id}"), "USED")
}

/// Whether a courier is this person: they share a UUID.
pub fn is_courier(courier_id: CourierId, user_id: UserId) -> bool {
    courier_id.uuid() == user_id.uuid()
}

impl Audience {
    /// Takes the courier off the order for good: an event of the delivery that comes late changes nothing. False if there is
    /// no courier.
    pub fn end_courier(&mut self) -> bool {
        self.courier_id.is_some() && self.note_courier(None, u32::MAX)
    }

    /// Notes who fetches the order by an event of the delivery with this sequence; false if a later event is known. The same
    /// event again changes nothing.
    pub fn note_courier(&mut self, courier_id: Option<CourierId>, since: u32) -> bool {
        if self.courier_since > since {
            return false;
        }
        self.courier_id = courier_id;
        self.courier_since = since;
        true
    }

    /// Whether somebody is the order's customer or courier.
    pub fn admits(&self, user_id: UserId) -> bool {
        self.customer_id == user_id
            || self
                .courier_id
                .is_some_and(|courier_id| is_courier(courier_id, user_id))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn courier(number: u128) -> CourierId {
        CourierId::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn audience() -> Audience {
        Audience {
            customer_id: UserId::from_uuid(uuid::Uuid::from_u128(1)),
            restaurant_id: RestaurantId::from_uuid(uuid::Uuid::from_u128(2)),
            restaurant_name: "Trattoria Bellini".to_owned(),
            courier_id: None,
            courier_since: 0,
            expires_at: 0,
        }
    }

    #[test]
    fn the_latest_word_on_the_courier_holds_however_often_and_in_whatever_order_it_comes() {
        // Assigned, released, assigned to the next, each with its place among the delivery's events.
        let (first, next) = (courier(3), courier(4));
        let words = [(Some(first), 3), (None, 5), (Some(next), 7)];
        for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
            let mut audience = audience();
            let mut latest = 0;
            for index in order.into_iter().chain(order) {
                let (courier_id, since) = words[index];
                assert_eq!(audience.note_courier(courier_id, since), since >= latest, "{order:?}");
                latest = latest.max(since);
            }
            assert_eq!(
                (audience.courier_id, audience.courier_since),
                (Some(next), 7),
                "{order:?}"
            );
        }
    }

    #[test]
    fn a_courier_is_not_of_the_audience_of_an_order_that_has_ended() {
        let mut audience = audience();
        assert!(
            !audience.end_courier(),
            "an order without a courier has nobody to forget"
        );
        let person = UserId::from_uuid(courier(3).uuid());
        audience.note_courier(Some(courier(3)), 3);
        assert!(audience.end_courier());
        assert!(!audience.admits(person) && audience.admits(audience.customer_id));
        assert!(!audience.end_courier(), "the same again writes nothing");
        // The assignment comes once more, late.
        assert!(!audience.note_courier(Some(courier(3)), 3));
        assert!(!audience.admits(person));
    }

    #[test]
    fn who_was_taken_off_an_order_is_not_of_its_audience() {
        let mut audience = audience();
        let person = UserId::from_uuid(courier(3).uuid());
        audience.note_courier(Some(courier(3)), 3);
        assert!(audience.admits(person) && audience.admits(audience.customer_id));
        audience.note_courier(None, 4);
        assert!(!audience.admits(person) && audience.admits(audience.customer_id));
    }
}
