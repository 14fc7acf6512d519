//! The identity of a message.

use contracts::notification::Channel;
use kernel::{MessageId, Timestamp, TypedId as _};
use sha2::{Digest as _, Sha256};

/// The id of the message that an event causes for somebody over a channel: a function of its arguments, so that the
/// same event never makes a second message. It begins with the event's time, like every UUIDv7, so an inbox sorted by
/// id is sorted by time.
#[must_use]
pub fn message_id(at: Timestamp, event_id: &str, recipient: &str, notice: &str, channel: Channel) -> MessageId {
    let channel = match channel {
        Channel::Email => "email",
        Channel::Sms => "sms",
        Channel::Push => "push",
        Channel::InApp => "in_app",
    };
    let mut digest = Sha256::new();
    for part in [event_id, recipient, notice, channel] {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    let digest = digest.finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&digest[..10]);
    let millisecond = u64::try_from(at.as_millisecond()).unwrap_or_default();
    MessageId::from_uuid(uuid::Builder::from_unix_timestamp_millis(millisecond, &random).into_uuid())
}

/// The UUID of the smallest id at or after a moment.
#[cfg(test)]
fn floor(at: Timestamp) -> uuid::Uuid {
    let millisecond = u64::try_from(at.as_millisecond()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(millisecond, &[0; 10]).into_uuid()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_event_makes_the_same_message() {
        let at: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let id = |event, recipient, notice, channel| message_id(at, event, recipient, notice, channel);
        let first = id("ord_1/3", "usr_1", "receipt", Channel::Email);
        assert_eq!(first, id("ord_1/3", "usr_1", "receipt", Channel::Email));
        for other in [
            id("ord_1/4", "usr_1", "receipt", Channel::Email),
            id("ord_1/3", "usr_2", "receipt", Channel::Email),
            id("ord_1/3", "usr_1", "order_accepted", Channel::Email),
            id("ord_1/3", "usr_1", "receipt", Channel::Sms),
        ] {
            assert_ne!(first, other);
        }
    }

    #[test]
    fn ids_sort_by_the_time_of_their_event() {
        let early: Timestamp = "2026-11-20T18:30:00.001Z".parse().unwrap();
        let late: Timestamp = "2026-11-20T18:30:00.002Z".parse().unwrap();
        let early_id = message_id(early, "b", "usr_1", "receipt", Channel::InApp);
        let late_id = message_id(late, "a", "usr_1", "receipt", Channel::InApp);
        assert!(early_id.to_string() < late_id.to_string());
        assert!(early_id.uuid() >= floor(early) && early_id.uuid() < floor(late));
    }
}
