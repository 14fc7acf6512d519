//! The transition table: the one source of what an order may do.
//!
//! The decisions, the state diagram in the README and the test that walks every state, command and party come from it.

contracts::vocabulary! {
    /// The states of an order.
    pub enum StateName {
        /// The payment is being authorised.
        AwaitingPayment = "awaiting_payment",
        /// Paid for, and kept until it is time to cook.
        Scheduled = "scheduled",
        /// The restaurant is asked.
        AwaitingRestaurant = "awaiting_restaurant",
        /// The kitchen cooks.
        Preparing = "preparing",
        /// The food waits.
        Ready = "ready",
        /// A courier has the food.
        OutForDelivery = "out_for_delivery",
        /// The customer has the food.
        Delivered = "delivered",
        /// Ended before the food arrived.
        Cancelled = "cancelled",
        /// The restaurant did not take it.
        Rejected = "rejected",
        /// The courier could not hand it over.
        Undeliverable = "undeliverable",
    }

    /// What may be asked of an order, or told to it.
    pub enum CommandName {
        /// The payment is authorised.
        Authorize = "authorize",
        /// The payment was declined.
        Decline = "decline",
        /// The authorised money was released.
        Void = "void",
        /// The payment took too long.
        PaymentDeadline = "payment_deadline",
        /// It is time to ask the restaurant.
        Release = "release",
        /// The restaurant took too long to answer.
        RestaurantDeadline = "restaurant_deadline",
        /// No courier was found in time.
        CourierDeadline = "courier_deadline",
        /// Who was to come for the food does not.
        LoseCourier = "lose_courier",
        /// Nobody fetched the food in time.
        PickUpDeadline = "pick_up_deadline",
        /// The kitchen never said that the food is ready.
        KitchenDeadline = "kitchen_deadline",
        /// Nobody ever said what became of the food that a courier took.
        DeliveryDeadline = "delivery_deadline",
        /// The restaurant takes it.
        Accept = "accept",
        /// The restaurant does not take it.
        Reject = "reject",
        /// The kitchen needs longer.
        Delay = "delay",
        /// The food is ready.
        MarkReady = "mark_ready",
        /// Somebody does not want it any more.
        Cancel = "cancel",
        /// The courier has the food.
        PickUp = "pick_up",
        /// The customer has the food.
        Deliver = "deliver",
        /// The courier could not hand it over.
        Fail = "fail",
    }

    /// Who asks or tells.
    pub enum Party {
        /// Who ordered.
        Customer = "customer",
        /// Somebody who works at the restaurant.
        Restaurant = "restaurant",
        /// Who brings it. A courier acts through the delivery service.
        Courier = "courier",
        /// Who runs the platform.
        Operator = "operator",
        /// The payment service.
        Payment = "payment",
        /// The delivery service.
        Delivery = "delivery",
        /// The platform itself, when a deadline has passed.
        Platform = "platform",
    }
}

/// What ending an order costs the customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charge {
    /// Nothing.
    Nothing,
    /// The food with its tax: it is being cooked, and nobody else will eat it.
    Food,
}

/// One line of the table.
#[derive(Debug, Clone, Copy)]
pub struct Transition {
    /// In this state
    pub from: StateName,
    /// this
    pub on: CommandName,
    /// by any of these
    pub by: &'static [Party],
    /// leads to one of these; to the state itself: something in it changes.
    pub to: &'static [StateName],
    /// And costs the customer this, if it ends the order.
    pub charge: Charge,
}

const fn free(from: StateName, on: CommandName, by: &'static [Party], to: &'static [StateName]) -> Transition {
    Transition {
        from,
        on,
        by,
        to,
        charge: Charge::Nothing,
    }
}

use CommandName as C;
use Party as P;
use StateName as S;

/// The table.
pub const TRANSITIONS: &[Transition] = &[
    free(
        S::AwaitingPayment,
        C::Authorize,
        &[P::Payment],
        &[S::AwaitingRestaurant, S::Scheduled],
    ),
    free(S::AwaitingPayment, C::Decline, &[P::Payment], &[S::Cancelled]),
    free(S::AwaitingPayment, C::PaymentDeadline, &[P::Platform], &[S::Cancelled]),
    free(
        S::AwaitingPayment,
        C::Cancel,
        &[P::Customer, P::Operator],
        &[S::Cancelled],
    ),
    free(S::Scheduled, C::Release, &[P::Platform], &[S::AwaitingRestaurant]),
    free(S::Scheduled, C::Void, &[P::Payment], &[S::Cancelled]),
    free(S::Scheduled, C::Reject, &[P::Restaurant], &[S::Rejected]),
    free(
        S::Scheduled,
        C::Cancel,
        &[P::Customer, P::Restaurant, P::Operator],
        &[S::Cancelled],
    ),
    free(S::AwaitingRestaurant, C::Accept, &[P::Restaurant], &[S::Preparing]),
    free(S::AwaitingRestaurant, C::Reject, &[P::Restaurant], &[S::Rejected]),
    free(
        S::AwaitingRestaurant,
        C::RestaurantDeadline,
        &[P::Platform],
        &[S::Rejected],
    ),
    free(S::AwaitingRestaurant, C::Void, &[P::Payment], &[S::Cancelled]),
    free(
        S::AwaitingRestaurant,
        C::Cancel,
        &[P::Customer, P::Restaurant, P::Operator],
        &[S::Cancelled],
    ),
    free(S::Preparing, C::Delay, &[P::Restaurant], &[S::Preparing]),
    free(S::Preparing, C::MarkReady, &[P::Restaurant], &[S::Ready]),
    // Taken off, or gone, before the pick-up: the search begins again, and so does its time.
    free(S::Preparing, C::LoseCourier, &[P::Delivery], &[S::Preparing]),
    // The kitchen forgot to say that the food is ready; whoever has it in hand knows better.
    free(S::Preparing, C::PickUp, &[P::Delivery], &[S::OutForDelivery]),
    free(S::Preparing, C::Void, &[P::Payment], &[S::Cancelled]),
    free(S::Preparing, C::KitchenDeadline, &[P::Platform], &[S::Cancelled]),
    Transition {
        from: S::Preparing,
        on: C::Cancel,
        by: &[P::Customer],
        to: &[S::Cancelled],
        charge: Charge::Food,
    },
    free(S::Preparing, C::Cancel, &[P::Restaurant, P::Operator], &[S::Cancelled]),
    free(S::Ready, C::PickUp, &[P::Delivery], &[S::OutForDelivery]),
    free(S::Ready, C::LoseCourier, &[P::Delivery], &[S::Ready]),
    free(S::Ready, C::CourierDeadline, &[P::Platform], &[S::Cancelled]),
    free(S::Ready, C::PickUpDeadline, &[P::Platform], &[S::Cancelled]),
    free(S::Ready, C::Void, &[P::Payment], &[S::Cancelled]),
    free(S::Ready, C::Cancel, &[P::Restaurant, P::Operator], &[S::Cancelled]),
    free(S::OutForDelivery, C::Deliver, &[P::Delivery], &[S::Delivered]),
    free(S::OutForDelivery, C::Fail, &[P::Delivery], &[S::Undeliverable]),
    free(S::OutForDelivery, C::Cancel, &[P::Operator], &[S::Cancelled]),
    free(
        S::OutForDelivery,
        C::DeliveryDeadline,
        &[P::Platform],
        &[S::Undeliverable],
    ),
];

/// What the table says of a command by a party in a state.
#[must_use]
pub fn find(from: StateName, on: CommandName, by: Party) -> Option<&'static Transition> {
    let wanted = |line: &&Transition| line.from == from && line.on == on && line.by.contains(&by);
    TRANSITIONS.iter().find(wanted)
}

/// Whether a party may ever do something, in whatever state.
#[must_use]
pub fn ever(on: CommandName, by: Party) -> bool {
    TRANSITIONS.iter().any(|line| line.on == on && line.by.contains(&by))
}

/// Whether a command that does not fit a state would fit a later one: then it came early, else it comes too late.
#[must_use]
pub fn comes_early(state: StateName, on: CommandName) -> bool {
    let mut ahead = vec![state];
    let mut seen = 0;
    while let Some(current) = ahead.get(seen).copied() {
        seen += 1;
        for next in TRANSITIONS
            .iter()
            .filter(|line| line.from == current)
            .flat_map(|line| line.to)
        {
            if !ahead.contains(next) {
                ahead.push(*next);
            }
        }
    }
    let fits = |name: &StateName| TRANSITIONS.iter().any(|line| line.from == *name && line.on == on);
    ahead.iter().skip(1).any(fits)
}
