//! The characters and places of this service's tests.

use kernel::{
    Country, CourierId, Currency, Money, OfferId, OrderId, Position, RestaurantId, SignedDuration, Timestamp, TypedId,
    UserId,
};
use uuid::Uuid;

use super::estimate::{Food, Remaining, VEHICLE_USUAL, arrival};
use super::learned_model::LearnedModel;
use super::ride::Ride;
use super::work::{Rules, rules};
use super::{Assignment, Delivery, Eta, Facts, Offer, Place, Progress, State, Vehicle};

/// When the stories begin: 12:00 on 20 November 2026.
pub const NOON: Timestamp = Timestamp::constant(1_795_176_000, 0);

/// Minutes as a duration.
pub const fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// An id by number.
pub fn id<I: TypedId>(number: u128) -> I {
    I::from_uuid(Uuid::from_u128(number))
}

/// The limits of working time in a country.
pub fn market(country: &str) -> &'static Rules {
    rules(Country::try_from(country).ok())
}

/// The courier who is nearest.
pub fn ada() -> CourierId {
    id(1)
}

/// Another courier.
pub fn ben() -> CourierId {
    id(2)
}

/// Where the restaurant is.
pub fn trattoria() -> Position {
    Position::new(52.3702, 4.8952).unwrap()
}

/// Where the customer is.
pub fn kerkstraat() -> Position {
    Position::new(52.3676, 4.9041).unwrap()
}

fn place(position: Position, address: &str) -> Place {
    Place {
        position,
        address: address.to_owned(),
        instructions: None,
        leave_at_door: false,
    }
}

/// What is known of the delivery in the stories.
pub fn facts() -> Facts {
    Facts {
        order_id: id::<OrderId>(77),
        customer_id: id::<UserId>(9),
        restaurant_id: id::<RestaurantId>(8),
        restaurant_name: "Trattoria Bellini".to_owned(),
        pickup: place(trattoria(), "Prinsengracht 12, Amsterdam"),
        drop_off: place(kerkstraat(), "Kerkstraat 7, Amsterdam"),
        begun_at: NOON,
        planned_ready_at: NOON + minutes(20),
        promised_until: NOON + minutes(45),
        tip: Money::new(100, Currency::EUR),
        pin: "4711".to_owned(),
    }
}

/// The estimate with which the delivery begins.
pub fn first_eta() -> Eta {
    let trip = Ride::new(trattoria(), kerkstraat(), VEHICLE_USUAL);
    let food = Food::Cooking {
        begun_at: NOON,
        planned_ready_at: facts().planned_ready_at,
        delayed_to: None,
    };
    arrival(&Remaining::Everything { food, trip }, &LearnedModel::default(), NOON)
}

/// A delivery in a state.
pub fn delivery(state: State) -> Delivery {
    Delivery {
        facts: facts(),
        progress: Progress {
            state,
            ..Progress::beginning(first_eta())
        },
    }
}

/// The offer to Ada.
pub fn offer() -> Offer {
    Offer {
        offer_id: id::<OfferId>(100),
        courier_id: ada(),
        vehicle: Vehicle::Bicycle,
        approach_m: 900,
        expires_at: NOON + SignedDuration::from_secs(45),
    }
}

/// Ada's assignment by that offer.
pub fn assignment() -> Assignment {
    Assignment {
        courier_id: ada(),
        offer_id: offer().offer_id,
        vehicle: Vehicle::Bicycle,
    }
}
