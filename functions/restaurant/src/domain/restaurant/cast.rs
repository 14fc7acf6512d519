//! The restaurant and the people of the tests.

use contracts::restaurant::{Pause, StaffMember, StaffRole};
use kernel::{Timestamp, UserId};

use super::Restaurant;
use crate::domain::{Caller, Profile, Stage, StageName};

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// A Friday evening.
pub fn now() -> Timestamp {
    at("2026-11-20T18:00:00Z")
}

/// One of up to ten people.
pub fn user(number: u8) -> UserId {
    format!("usr_0000000000000000000000000{number}").parse().unwrap()
}

pub const OWNER: u8 = 1;
pub const MANAGER: u8 = 2;
pub const STAFF: u8 = 3;
pub const OPERATOR: u8 = 4;
pub const STRANGER: u8 = 5;
pub const PEOPLE: [u8; 5] = [OWNER, MANAGER, STAFF, OPERATOR, STRANGER];

pub fn caller(number: u8) -> Caller {
    Caller {
        user_id: user(number),
        is_operator: number == OPERATOR,
    }
}

/// A restaurant with one person in every role.
pub fn restaurant(stage: StageName) -> Restaurant {
    let id = "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().unwrap();
    let mut restaurant = Restaurant::create(id, profile(), user(OWNER), at("2026-11-01T10:00:00Z"));
    for (number, role) in [(MANAGER, StaffRole::Manager), (STAFF, StaffRole::Staff)] {
        let user_id = user(number);
        restaurant.staff.put(StaffMember { user_id, role });
    }
    let since = at("2026-11-02T10:00:00Z");
    restaurant.stage = match stage {
        StageName::Draft => Stage::Draft,
        StageName::Submitted => Stage::Submitted { since },
        StageName::Approved => Stage::Approved { since, pause: None },
        StageName::Paused => Stage::Approved {
            since,
            pause: Some(break_until("2026-11-20T19:00:00Z")),
        },
        StageName::Suspended => Stage::Suspended { since, reason: None },
    };
    restaurant
}

pub fn break_until(until: &str) -> Pause {
    Pause {
        until: Some(at(until)),
        reason: "The oven is being repaired".to_owned(),
    }
}

pub fn profile() -> Profile {
    serde_json::from_value(serde_json::json!({
        "name": "Trattoria Bellini",
        "description": "Wood-fired pizza",
        "cuisines": ["italian", "pizza"],
        "phone": "+31205550101",
        "address": {"line1": "Prinsengracht 12", "city": "Amsterdam", "postal_code": "1015 EA", "country": "NL"},
        "position": {"lat": 52.3745, "lng": 4.884},
        "time_zone": "Europe/Amsterdam",
        "currency": "EUR",
        "tax": {"rate_bps": 900, "inclusive": true},
        "prep_time_minutes": 20,
        "minimum_order": {"amount": 1000, "currency": "EUR"}
    }))
    .unwrap()
}
