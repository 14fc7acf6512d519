//! What proves that food reached its customer, and how long a courier waits at a door.
//!
//! The PIN is the rule: the customer says it, and the food has changed hands. A photo of where the food stands is enough
//! where nobody can say a PIN: the customer asked for the food to be left at the door, or nobody opened during the waiting
//! time. The photo has to be there before it counts, and its courier was seen at the door. That a PIN was wrong too often
//! proves nothing: whoever says it may say it wrongly on purpose.

use kernel::{DeliveryId, SignedDuration, Timestamp};

use super::presence::Presence;
use super::rejection::{Rejection, Until};
use super::{Delivery, State};

/// The largest photo, in bytes: a phone's picture at a sensible quality.
pub const PHOTO_BYTES_MAX: u32 = 4 * 1024 * 1024;
/// What photos may be.
pub const PHOTO_TYPES: [&str; 3] = ["image/jpeg", "image/png", "image/webp"];

/// Whether an object of a type begins like one: its name alone makes no picture of a text.
#[must_use]
pub fn begins_like_photo(content_type: &str, head: &[u8]) -> bool {
    let begins = [
        ("image/jpeg", head.starts_with(b"\xff\xd8\xff")),
        ("image/png", head.starts_with(b"\x89PNG\r\n\x1a\n")),
        (
            "image/webp",
            head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP".as_slice()),
        ),
    ];
    begins.contains(&(content_type, true))
}

/// How long a link for an upload holds.
pub const UPLOAD_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// How long a link to look at a photo holds.
pub const LOOK_LASTS: SignedDuration = SignedDuration::from_mins(15);

/// A photo of a hand-over: a random number, so that nobody guesses another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoId(pub u128);

impl PhotoId {
    /// Where the photo of a delivery is kept.
    #[must_use]
    pub fn key(self, delivery_id: DeliveryId) -> String {
        format!("photos/{delivery_id}/{:032x}", self.0)
    }

    /// The photo that a key names, if it is one of this delivery.
    #[must_use]
    pub fn of_key(key: &str, delivery_id: DeliveryId) -> Option<Self> {
        let name = key.strip_prefix("photos/")?.strip_prefix(&delivery_id.to_string())?;
        let photo = Self(u128::from_str_radix(name.strip_prefix('/')?, 16).ok()?);
        // One spelling alone, or one photo would have many names.
        (photo.key(delivery_id) == key).then_some(photo)
    }
}

/// What a courier shows for a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof<'a> {
    /// What the customer said.
    Pin(&'a str),
    /// A photo that was uploaded.
    Photo(PhotoId),
}

/// What proved a hand-over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proven {
    /// The customer's PIN.
    ByPin,
    /// A photo.
    ByPhoto(PhotoId),
}

impl Proven {
    /// The photo, if it was one.
    #[must_use]
    pub const fn photo(self) -> Option<PhotoId> {
        match self {
            Self::ByPin => None,
            Self::ByPhoto(photo) => Some(photo),
        }
    }
}

/// Whether a photo is enough to hand over. Couriers gain by it, so they have to be seen at the door, too.
///
/// # Errors
/// Away from the door, without having been seen there, and while somebody may still open; the rejection says until when.
pub fn photo_suffices(
    delivery: &Delivery,
    presence: Presence,
    now: Timestamp,
    door_wait: SignedDuration,
) -> Result<(), Rejection> {
    let until = waited_until(delivery, now, door_wait)?;
    if !delivery.progress.there_seen || presence != Presence::Seen {
        return Err(Rejection::NotSeenAtDoor);
    }
    if delivery.facts.drop_off.leave_at_door || until.left <= SignedDuration::ZERO {
        Ok(())
    } else {
        Err(Rejection::PhotoNotEnough { until })
    }
}

/// Whether a courier has done all that can be asked for: they were seen at the door when they came and are now, they have
/// waited, and the arrival has told the customer. Then what they say of the customer is believed.
#[must_use]
pub fn was_tried(delivery: &Delivery, presence: Presence, now: Timestamp, door_wait: SignedDuration) -> bool {
    let seen = delivery.progress.there_seen && presence == Presence::Seen;
    seen && nobody_opened(delivery, now, door_wait).is_ok()
}

/// Whether the courier has waited long enough to say that nobody is there.
///
/// # Errors
/// Away from the door, and before the time is over.
pub fn nobody_opened(delivery: &Delivery, now: Timestamp, door_wait: SignedDuration) -> Result<(), Rejection> {
    let until = waited_until(delivery, now, door_wait)?;
    if until.left <= SignedDuration::ZERO {
        Ok(())
    } else {
        Err(Rejection::WaitLonger { until })
    }
}

/// The end of the waiting time, which begins with the arrival at the door.
fn waited_until(delivery: &Delivery, now: Timestamp, door_wait: SignedDuration) -> Result<Until, Rejection> {
    let at_door = matches!(delivery.progress.state, State::AtCustomer(_));
    let since = delivery.progress.there_since.filter(|_| at_door);
    let at = since.ok_or(Rejection::NotAtDoor)? + door_wait;
    let left = at.duration_since(now);
    Ok(Until { at, left })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::PIN_ATTEMPTS_MAX;
    use crate::domain::cast::{NOON, assignment, delivery, id, minutes};

    const WAIT: SignedDuration = SignedDuration::from_mins(8);

    fn at_door() -> Delivery {
        let mut delivery = delivery(State::AtCustomer(assignment()));
        delivery.progress.there_since = Some(NOON);
        delivery.progress.there_seen = true;
        delivery
    }

    #[test]
    fn a_photo_is_enough_where_nobody_can_say_a_pin() {
        let refused = |left| {
            let (at, left) = (NOON + WAIT, minutes(left));
            let until = Until { at, left };
            Err(Rejection::PhotoNotEnough { until })
        };
        let mut asked_for = at_door();
        asked_for.facts.drop_off.leave_at_door = true;
        let mut locked = at_door();
        locked.progress.wrong_pins = PIN_ATTEMPTS_MAX;
        let mut on_the_way = asked_for.clone();
        on_the_way.progress.state = State::PickedUp(assignment());
        let mut unseen = asked_for.clone();
        unseen.progress.there_seen = false;
        let gone = Presence::Elsewhere { distance_m: 400 };
        for (given, presence, after, outcome) in [
            (at_door(), Presence::Seen, 0, refused(8)),
            (at_door(), Presence::Seen, 7, refused(1)),
            (at_door(), Presence::Seen, 8, Ok(())),
            (at_door(), Presence::Unseen, 8, Err(Rejection::NotSeenAtDoor)),
            (at_door(), gone, 8, Err(Rejection::NotSeenAtDoor)),
            (asked_for, Presence::Seen, 0, Ok(())),
            (unseen, Presence::Seen, 0, Err(Rejection::NotSeenAtDoor)),
            (locked, Presence::Seen, 0, refused(8)),
            (on_the_way, Presence::Seen, 30, Err(Rejection::NotAtDoor)),
        ] {
            assert_eq!(
                photo_suffices(&given, presence, NOON + minutes(after), WAIT),
                outcome,
                "{given:?} {after}"
            );
        }
    }

    #[test]
    fn a_courier_is_believed_who_came_was_seen_waited_and_is_still_there() {
        let mut unseen = at_door();
        unseen.progress.there_seen = false;
        let carrying = delivery(State::PickedUp(assignment()));
        let gone = Presence::Elsewhere { distance_m: 400 };
        for (given, presence, after, believed) in [
            (at_door(), Presence::Seen, 8, true),
            (at_door(), Presence::Seen, 7, false),
            (at_door(), Presence::Unseen, 8, false),
            (at_door(), gone, 8, false),
            (unseen, Presence::Seen, 8, false),
            (carrying, Presence::Seen, 8, false),
        ] {
            let now = NOON + minutes(after);
            assert_eq!(was_tried(&given, presence, now, WAIT), believed, "{given:?} {after}");
        }
    }

    #[test]
    fn nobody_is_absent_before_the_waiting_time_is_over() {
        let (at, left) = (NOON + WAIT, minutes(1));
        let until = Until { at, left };
        let given = at_door();
        assert_eq!(
            nobody_opened(&given, NOON + minutes(7), WAIT),
            Err(Rejection::WaitLonger { until })
        );
        assert_eq!(nobody_opened(&given, at, WAIT), Ok(()));
        let carrying = delivery(State::PickedUp(assignment()));
        assert_eq!(nobody_opened(&carrying, at, WAIT), Err(Rejection::NotAtDoor));
    }

    #[test]
    fn a_photo_begins_as_its_type_does() {
        let (jpeg, png) = (b"\xff\xd8\xff\xe0\0\x10JFIF", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        let webp = b"RIFF\x24\0\0\0WEBPVP8 ";
        for (content_type, head, is_photo) in [
            ("image/jpeg", jpeg.as_slice(), true),
            ("image/png", png, true),
            ("image/webp", webp, true),
            ("image/jpeg", png, false),
            ("image/png", webp, false),
            ("image/webp", b"RIFF\x24\0\0\0WAVE", false),
            ("image/webp", b"RIFF", false),
            ("image/jpeg", b"a picture of a bag", false),
            ("image/jpeg", b"", false),
            ("text/html", jpeg, false),
        ] {
            assert_eq!(
                begins_like_photo(content_type, head),
                is_photo,
                "{content_type} {head:?}"
            );
        }
        assert!(PHOTO_TYPES.iter().all(|known| {
            [jpeg.as_slice(), png, webp]
                .iter()
                .any(|head| begins_like_photo(known, head))
        }));
    }

    #[test]
    fn a_key_names_a_photo_of_its_own_delivery() {
        let photo = PhotoId(0xfeed);
        let key = photo.key(id(7));
        assert_eq!(PhotoId::of_key(&key, id(7)), Some(photo));
        for (wrong, delivery_id) in [
            (key.clone(), id(8)),
            (key.replace("photos/", ""), id(7)),
            (format!("{key}0"), id(7)),
            (key.replace("feed", "FEED"), id(7)),
            (key.replace("000feed", "feed"), id(7)),
            (format!("{key}/../other"), id(7)),
            (String::new(), id(7)),
        ] {
            assert_eq!(PhotoId::of_key(&wrong, delivery_id), None, "{wrong}");
        }
    }
}
