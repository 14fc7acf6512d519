//! Shows the followers of a courier's orders where the courier is.

use contracts::courier::Moved;
use contracts::{Cause, Envelope};
use kernel::{CourierId, SignedDuration, Timestamp};

use super::push::{Gathered, gather, push};
use crate::app::MovesApp;
use crate::domain::Topic;
use crate::publish::moved as frame;

/// A move that is older says where the courier was, not where the courier is.
const STALE_AFTER: SignedDuration = SignedDuration::from_secs(30);

/// Tells a move to those who follow the orders that the courier is on. It costs half a read unit an order, and no write. A move
/// that is late or cannot be told gives way to the next one.
pub async fn share_position(app: &MovesApp, event: &Envelope, moved: &Moved, cause: &Cause) {
    if is_stale(moved.at, cause.now) {
        return;
    }
    for sight in &moved.sights {
        let topic = Topic::Order(sight.order_id);
        match gather(&app.table, &topic).await {
            Ok(gathered) if is_on_it(&gathered, moved.courier_id) => {
                let frame = frame(event, moved, sight);
                push(&app.table, &app.connections, &gathered, &frame, cause).await;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "a move could not be told"),
        }
    }
}

fn is_stale(at: Timestamp, now: Timestamp) -> bool {
    now.duration_since(at) > STALE_AFTER
}

/// Followers do not see a courier who has given the order away.
fn is_on_it(gathered: &Gathered, courier_id: CourierId) -> bool {
    let audience = gathered.audience.as_ref();
    audience.is_some_and(|audience| audience.value.courier_id == Some(courier_id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn golden() -> (Envelope, Moved) {
        let text = include_str!("../../../../../shared/contracts/golden/courier.moved.v1.json");
        let event = Envelope::parse(text).unwrap();
        let moved = event.data().unwrap();
        (event, moved)
    }

    #[test]
    fn a_frame_says_where_and_when_and_not_who() {
        let (event, moved) = golden();
        let sight = &moved.sights[0];
        let frame = frame(&event, &moved, sight);
        let frame = serde_json::to_value(frame).unwrap();
        assert_eq!(frame["type"], "courier.moved");
        assert_eq!(frame["topic"], "order:ord_01jd8v4q6nf2x9m3k7p0zr5t1c");
        let shown: Vec<_> = frame["data"].as_object().unwrap().keys().collect();
        assert_eq!(
            shown,
            [
                "event_id",
                "order_id",
                "position",
                "position_approximate",
                "position_at"
            ]
        );
        assert!(!frame["data"]["position"].to_string().contains("cou_"));
    }

    #[test]
    fn what_is_old_is_not_told() {
        let (_, moved) = golden();
        assert!(!is_stale(moved.at, moved.at + STALE_AFTER));
        assert!(is_stale(
            moved.at,
            moved.at + STALE_AFTER + SignedDuration::from_secs(1)
        ));
    }

    #[test]
    fn only_the_courier_who_is_on_the_order_is_shown() {
        let (_, moved) = golden();
        assert!(!is_on_it(&Gathered::default(), moved.courier_id));
    }
}
