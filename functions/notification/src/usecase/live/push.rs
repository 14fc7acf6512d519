//! Tells the followers of a topic.

use ::store::{Commit, StoreError, Table};
use contracts::Cause;
use tokio::task::JoinSet;

use crate::domain::Topic;
use crate::providers::Connections;
use crate::publish::{Frame, Viewers};
use crate::store::{Audience, Staff, TopicItem, Watcher, is_courier, staff_query, topic_items, watcher_key};

/// Pages of followers that are read for one frame, at most: a topic has a few followers, not thousands.
const PAGES_MAX: usize = 10;

/// What a topic's partition says.
#[derive(Debug, Default)]
pub struct Gathered {
    /// Who follows it.
    pub watchers: Vec<Watcher>,
    /// Who may follow the order, if it is one and known.
    pub audience: Option<::store::Stored<Audience>>,
    /// Who works at the restaurant, if it is one and known.
    pub staff: Option<Staff>,
}

impl Gathered {
    /// Whether a follower may still hear of the topic, and of this on it, as far as its partition says.
    fn admits(&self, topic: Topic, viewers: Viewers, watcher: &Watcher) -> bool {
        let user_id = watcher.user_id;
        match topic {
            Topic::Order(_) if viewers == Viewers::Payer => {
                let audience = self.audience.as_ref();
                watcher.operator || audience.is_some_and(|audience| audience.value.customer_id == user_id)
            }
            Topic::Courier(courier_id) => is_courier(courier_id, user_id),
            Topic::Operators => watcher.operator,
            Topic::Restaurant(_) => {
                watcher.operator || self.staff.as_ref().is_some_and(|staff| staff.includes(user_id))
            }
            Topic::Order(_) => {
                let audience = self.audience.as_ref();
                watcher.operator || audience.is_some_and(|audience| audience.value.admits(user_id))
            }
        }
    }
}

/// Reads who follows a topic and who may.
///
/// # Errors
/// When the table does not answer.
pub async fn gather(table: &Table, topic: &Topic) -> Result<Gathered, StoreError> {
    let mut gathered = Gathered::default();
    let mut query = topic_items(topic);
    for _ in 0..PAGES_MAX {
        let page = table.query::<TopicItem>(&query).await?;
        for item in page.items {
            match item.value {
                TopicItem::Watcher(watcher) => gathered.watchers.push(watcher),
                TopicItem::Audience(audience) => {
                    gathered.audience = Some(::store::Stored {
                        value: audience,
                        version: item.version,
                        sequence: item.sequence,
                    });
                }
                TopicItem::Staff(staff) => gathered.staff = Some(staff),
                TopicItem::Other {} => {}
            }
        }
        if page.next.is_none() {
            break;
        }
        query = query.after(page.next);
    }
    Ok(gathered)
}

/// Tells the followers of a topic, all at once, and forgets connections that are gone. Who may not follow it any more is
/// told nothing, even on a connection from before: who no longer works at the restaurant, or was taken off the order.
pub async fn push(table: &Table, connections: &Connections, gathered: &Gathered, frame: &Frame, cause: &Cause) {
    let now = cause.now.as_second();
    let (mut watchers, others): (Vec<_>, Vec<_>) = gathered
        .watchers
        .iter()
        .filter(|watcher| now < watcher.expires_at)
        .cloned()
        .partition(|watcher| gathered.admits(frame.topic, frame.viewers, watcher));
    if frame.viewers == Viewers::All {
        watchers.extend(employed(table, gathered, frame.topic, others).await);
    }
    let text = match serde_json::to_string(frame) {
        Ok(text) if !watchers.is_empty() => text,
        Ok(_) => return,
        Err(error) => {
            tracing::error!(error = %error, "a frame could not be written");
            return;
        }
    };
    let mut posts = JoinSet::new();
    for watcher in watchers {
        let (connections, text) = (connections.clone(), text.clone());
        posts.spawn(async move {
            let there = connections.post(&watcher.connection_id, &text).await;
            (!there).then_some(watcher.connection_id)
        });
    }
    while let Some(post) = posts.join_next().await {
        if let Ok(Some(connection_id)) = post {
            forget(table, &frame.topic, &connection_id, cause).await;
        }
    }
}

/// Those who work at the restaurant of a followed order. Nobody is looked up as long as only its customer, its courier and
/// operators follow it.
async fn employed(table: &Table, gathered: &Gathered, topic: Topic, watchers: Vec<Watcher>) -> Vec<Watcher> {
    let (Topic::Order(_), Some(audience), false) = (topic, &gathered.audience, watchers.is_empty()) else {
        return Vec::new();
    };
    match table.query::<Staff>(&staff_query(audience.value.restaurant_id)).await {
        Ok(page) => {
            let works = |watcher: &Watcher| page.items.iter().any(|staff| staff.value.includes(watcher.user_id));
            watchers.into_iter().filter(works).collect()
        }
        Err(error) => {
            tracing::warn!(error = %error, "who works at a restaurant could not be read: its staff is not told");
            Vec::new()
        }
    }
}

async fn forget(table: &Table, topic: &Topic, connection_id: &str, cause: &Cause) {
    let commit = Commit::new(cause).also_delete(&watcher_key(topic, connection_id));
    if let Err(error) = table.commit(commit).await {
        // It is found gone again with the next frame, or forgotten by the table in time.
        tracing::warn!(error = %error, "a connection that is gone could not be forgotten");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::restaurant::StaffMember;
    use kernel::{CourierId, OrderId, RestaurantId, TypedId, UserId};

    fn id<T: TypedId>(number: u128) -> T {
        T::from_uuid(uuid::Uuid::from_u128(number))
    }

    fn watcher(user: u128, operator: bool) -> Watcher {
        Watcher {
            connection_id: user.to_string(),
            user_id: id(user),
            operator,
            expires_at: i64::MAX,
        }
    }

    const PEOPLE: [u128; 5] = [1, 2, 3, 4, 5];

    fn gathered() -> Gathered {
        let [customer, courier, _, cook, _] = PEOPLE;
        let audience = Audience {
            customer_id: id::<UserId>(customer),
            restaurant_id: id(9),
            restaurant_name: String::new(),
            courier_id: Some(id(courier)),
            courier_since: 7,
            expires_at: i64::MAX,
        };
        let member = serde_json::json!({"user_id": id::<UserId>(cook), "role": "owner"});
        let staff: StaffMember = serde_json::from_value(member).unwrap();
        Gathered {
            watchers: Vec::new(),
            audience: Some(::store::Stored {
                value: audience,
                version: 1,
                sequence: 0,
            }),
            staff: Some(Staff { staff: vec![staff] }),
        }
    }

    fn hear(gathered: &Gathered, topic: Topic, viewers: Viewers) -> Vec<u128> {
        let may = |user: &u128| gathered.admits(topic, viewers, &watcher(*user, *user == PEOPLE[4]));
        PEOPLE.into_iter().filter(may).collect()
    }

    #[test]
    fn who_may_still_hear_of_a_topic() {
        let [customer, courier, _, cook, operator] = PEOPLE;
        let gathered = gathered();
        let order = Topic::Order(id::<OrderId>(8));
        let restaurant = Topic::Restaurant(id::<RestaurantId>(9));
        let own = Topic::Courier(id::<CourierId>(courier));
        for (topic, who) in [
            // Its staff may, too, and is looked up where others than these follow an order.
            (order, vec![customer, courier, operator]),
            (restaurant, vec![cook, operator]),
            (own, vec![courier]),
            (Topic::Operators, vec![operator]),
        ] {
            assert_eq!(hear(&gathered, topic, Viewers::All), who, "{topic}");
        }
        assert!(!Gathered::default().admits(order, Viewers::All, &watcher(customer, false)));
    }

    #[test]
    fn of_the_payment_neither_the_kitchen_nor_the_courier_hears() {
        let [customer, .., operator] = PEOPLE;
        let order = Topic::Order(id::<OrderId>(8));
        assert_eq!(hear(&gathered(), order, Viewers::Payer), [customer, operator]);
        assert!(!Gathered::default().admits(order, Viewers::Payer, &watcher(customer, false)));
    }

    #[test]
    fn who_left_the_restaurant_or_the_order_hears_nothing_more() {
        let [customer, courier, _, cook, operator] = PEOPLE;
        let mut gathered = gathered();
        let restaurant = Topic::Restaurant(id::<RestaurantId>(9));
        let order = Topic::Order(id::<OrderId>(8));
        gathered.staff = Some(Staff { staff: vec![] });
        assert_eq!(hear(&gathered, restaurant, Viewers::All), [operator], "{cook}");
        assert!(gathered.audience.as_mut().unwrap().value.end_courier());
        assert_eq!(hear(&gathered, order, Viewers::All), [customer, operator], "{courier}");
    }
}
