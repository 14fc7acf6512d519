//! The people, places and orders that the tests speak of.

use contracts::menu::Menu;
use contracts::order::{Stop, Window};
use contracts::restaurant::{Snapshot, Status, Tax};
use kernel::{
    CourierId, Currency, Money, OpeningHours, OrderId, Position, RestaurantId, SignedDuration, Timestamp, TypedId,
    UserId,
};
use uuid::Uuid;

use super::{CancelReason, Deadlines, Facts, Order, Party, RejectReason, State, StateName, UndeliverableReason};

/// A Friday evening in Amsterdam.
pub const NOW: &str = "2026-11-20T18:00:00Z";

pub const LIMITS: Deadlines = Deadlines {
    payment: SignedDuration::from_mins(15),
    restaurant: SignedDuration::from_mins(5),
    courier: SignedDuration::from_mins(20),
};

pub fn now() -> Timestamp {
    NOW.parse().unwrap()
}

pub fn after(minutes: i64) -> Timestamp {
    now() + SignedDuration::from_mins(minutes)
}

pub fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

pub fn id<T: TypedId>(number: u128) -> T {
    T::from_uuid(Uuid::from_u128(number))
}

pub fn anna() -> UserId {
    id(1)
}

pub fn rosa() -> CourierId {
    id(2)
}

pub fn other_courier() -> CourierId {
    id(3)
}

pub fn bellini() -> RestaurantId {
    id(4)
}

/// € 31.20, of which € 25.00 for the food.
pub fn order(state: State) -> Order {
    Order {
        id: id::<OrderId>(7),
        facts: Facts {
            customer_id: anna(),
            restaurant_id: bellini(),
            restaurant_name: "Trattoria Bellini".to_owned(),
            total: eur(3120),
            food: eur(2500),
            delivery_fee: eur(299),
            tip: eur(200),
            promised: Window {
                from: after(30),
                to: after(45),
            },
            release_at: None,
            prep_minutes: 12,
            placed_at: now(),
            pickup: stop("Prinsengracht 12, Amsterdam", at_bellini()),
            drop_off: stop("Westerstraat 1, Amsterdam", at_anna()),
            item_ids: vec!["bowl".to_owned(), "margherita".to_owned()],
        },
        state,
        assigned: None,
        courier_since: 0,
    }
}

fn stop(address: &str, position: Position) -> Stop {
    Stop {
        position,
        address: address.to_owned(),
        instructions: None,
        leave_at_door: false,
    }
}

/// One example of each state, one minute after it began.
pub fn in_state(name: StateName) -> Order {
    order(match name {
        StateName::AwaitingPayment => State::AwaitingPayment { pay_by: after(15) },
        StateName::Scheduled => State::Scheduled { release_at: after(60) },
        StateName::AwaitingRestaurant => State::AwaitingRestaurant { answer_by: after(5) },
        StateName::Preparing => State::Preparing {
            accepted_at: now(),
            prep_minutes: 12,
            ready_at: after(12),
        },
        StateName::Ready => State::Ready {
            ready_at: now(),
            courier_by: after(20),
            pick_up_by: after(60),
        },
        StateName::OutForDelivery => State::OutForDelivery {
            courier: rosa(),
            picked_up_at: now(),
        },
        StateName::Delivered => State::Delivered {
            courier: rosa(),
            delivered_at: now(),
        },
        StateName::Cancelled => State::Cancelled {
            by: Party::Customer,
            reason: CancelReason::ChangedMyMind,
            fee: eur(0),
            at: now(),
        },
        StateName::Rejected => State::Rejected {
            reason: RejectReason::TooBusy,
            at: now(),
        },
        StateName::Undeliverable => State::Undeliverable {
            courier: rosa(),
            reason: UndeliverableReason::CustomerAbsent,
            fee: eur(3120),
            at: now(),
        },
    })
}

pub fn position(lat: f64, lng: f64) -> Position {
    Position::new(lat, lng).unwrap()
}

/// Prinsengracht, Amsterdam.
pub fn at_bellini() -> Position {
    position(52.3676, 4.8850)
}

/// Some 1.1 km north.
pub fn at_anna() -> Position {
    position(52.3776, 4.8850)
}

pub fn hours(json: &str) -> OpeningHours {
    serde_json::from_str(json).unwrap()
}

/// Open every day from noon to 23:00 local time.
pub fn restaurant() -> Snapshot {
    let day = r#"[{"from": "12:00", "to": "23:00"}]"#;
    let days: Vec<_> = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
        .iter()
        .map(|name| format!("\"{name}\": {day}"))
        .collect();
    Snapshot {
        restaurant_id: bellini(),
        name: "Trattoria Bellini".to_owned(),
        status: Status::Approved,
        address: "Prinsengracht 12, Amsterdam".to_owned(),
        phone: "+31205550101".to_owned(),
        position: at_bellini(),
        time_zone: "Europe/Amsterdam".to_owned(),
        currency: Currency::EUR,
        tax: Tax {
            rate_bps: 900,
            inclusive: true,
        },
        prep_time_minutes: 12,
        minimum_order: None,
        hours: hours(&format!("{{\"weekly\": {{{}}}}}", days.join(","))),
        zones: Vec::new(),
        max_distance_m: 5000,
        capacity: None,
        staff: Vec::new(),
        pause: None,
        menu_version: Some(1),
    }
}

/// Pizza € 11.50; a bowl € 9.90 with one to three toppings of which the cheapest is free, each with sauces; sold out pasta.
pub fn menu() -> Menu {
    let eur = |amount: i64| format!("{{\"amount\": {amount}, \"currency\": \"EUR\"}}");
    let json = format!(
        r#"{{"version": 1, "categories": [{{"id": "mains", "name": "Mains", "items": [
            {{"id": "margherita", "name": "Margherita", "price": {}}},
            {{"id": "bowl", "name": "Bowl", "price": {}, "option_groups": [
                {{"id": "toppings", "name": "Toppings", "min": 1, "max": 3, "free": 1, "options": [
                    {{"id": "tofu", "name": "Tofu", "price": {}, "option_groups": [
                        {{"id": "sauce", "name": "Sauce", "min": 0, "max": 2, "options": [
                            {{"id": "soy", "name": "Soy", "price": {}, "option_groups": [
                                {{"id": "heat", "name": "Heat", "min": 0, "max": 1, "options": [
                                    {{"id": "hot", "name": "Hot", "price": {}, "option_groups": [
                                        {{"id": "more", "name": "More", "min": 0, "max": 1, "options": [
                                            {{"id": "hotter", "name": "Hotter", "price": {}}}]}}]}}]}}]}}]}}]}},
                    {{"id": "avocado", "name": "Avocado", "price": {}}},
                    {{"id": "kimchi", "name": "Kimchi", "price": {}, "available": false}}]}}]}},
            {{"id": "pasta", "name": "Pasta", "price": {}, "available": false}}]}}]}}"#,
        eur(1150),
        eur(990),
        eur(150),
        eur(50),
        eur(0),
        eur(0),
        eur(200),
        eur(120),
        eur(2400),
    );
    serde_json::from_str(&json).unwrap()
}
