//! Records keep everything, and stay small.

use kernel::{SignedDuration, TimeZone, TypedId as _};
use uuid::Uuid;

use super::*;
use crate::domain::{ADDRESSES_MAX, register};

/// One write unit carries this many bytes.
const WRITE_UNIT_BYTES: usize = 1024;

fn ada() -> User {
    let profile = Profile {
        email: Email::try_from("ada.lovelace@example.com".to_owned()).unwrap(),
        name: "Ada Lovelace".try_into().unwrap(),
        phone: Phone::try_from("+31612345678".to_owned()).ok(),
        phone_verified: true,
        locale: Locale::try_from("nl-NL".to_owned()).unwrap(),
        time_zone: "Europe/Amsterdam".parse::<TimeZone>().unwrap(),
    };
    let roles = BTreeSet::from([Role::Customer, Role::Courier]);
    register(
        UserId::from_uuid(Uuid::from_u128(7)),
        profile,
        roles,
        Timestamp::UNIX_EPOCH,
    )
}

fn tags(words: &[&str]) -> BTreeSet<Tag> {
    words
        .iter()
        .map(|word| Tag::try_from((*word).to_owned()).unwrap())
        .collect()
}

fn particular() -> Preferences {
    let channels = Channels {
        email: true,
        sms: false,
        push: true,
        in_app: true,
    };
    let categories = tags(&["account", "delivery_updates", "order_updates", "payments", "reviews"]);
    Preferences {
        diets: tags(&["vegetarian", "halal"]),
        allergens: tags(&["peanuts", "tree_nuts", "sesame"]),
        cuisines: tags(&["italian", "japanese", "indian"]),
        currency: Some(Currency::EUR),
        notifications: categories.into_iter().map(|tag| (tag, channels)).collect(),
        quiet_hours: Some(Interval {
            from: "22:00".parse().unwrap(),
            to: "07:00".parse().unwrap(),
        }),
        marketing: true,
    }
}

fn book(count: usize) -> AddressBook {
    let mut book = AddressBook::default();
    for number in 0..count {
        let address = Address {
            label: "Home".try_into().unwrap(),
            line1: "Prinsengracht 263".try_into().unwrap(),
            line2: Some("Second floor".try_into().unwrap()),
            city: "Amsterdam".try_into().unwrap(),
            postal_code: "1016 GV".try_into().unwrap(),
            country: Country::try_from("NL").unwrap(),
            position: Position::new(52.3752, 4.884).unwrap(),
            instructions: Some("The bell is on the left".try_into().unwrap()),
        };
        let id = AddressId::from_uuid(Uuid::from_u128(number as u128));
        book.add(id, address, number == 1).unwrap();
    }
    book
}

#[test]
fn a_user_survives_the_table() {
    let warned = Some(Timestamp::UNIX_EPOCH + SignedDuration::from_secs(5));
    for user in [
        ada(),
        User {
            preferences: particular(),
            ..ada()
        },
        User {
            warned_at: warned,
            roles: BTreeSet::new(),
            ..ada()
        },
    ] {
        let json = serde_json::to_value(UserRecord::from(user.clone())).unwrap();
        let record: UserRecord = serde_json::from_value(json).unwrap();
        assert_eq!(User::from(record), user);
    }
}

#[test]
fn an_address_book_survives_the_table() {
    for count in [0, 1, ADDRESSES_MAX] {
        let book = book(count);
        let json = serde_json::to_value(BookRecord::from(&book)).unwrap();
        let record: BookRecord = serde_json::from_value(json).unwrap();
        assert_eq!(AddressBook::from(record), book);
    }
}

#[test]
fn ordinary_items_cost_one_write_unit() {
    // As DynamoDB counts: names and values, texts without quotes.
    let size = |json: serde_json::Value| -> usize {
        let length = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string().len(), str::len);
        json.as_object()
            .unwrap()
            .iter()
            .map(|(name, value)| name.len() + length(value))
            .sum()
    };
    let user = User {
        preferences: particular(),
        ..ada()
    };
    assert!(size(serde_json::to_value(UserRecord::from(user)).unwrap()) + 100 < WRITE_UNIT_BYTES);
    assert!(size(serde_json::to_value(BookRecord::from(&book(3))).unwrap()) + 100 < WRITE_UNIT_BYTES);
}
