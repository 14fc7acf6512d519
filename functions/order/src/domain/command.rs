//! What is asked of orders and told to them, and what happened to them.

use kernel::{CourierId, Money, PaymentId, PaymentMethodId, Timestamp};

use super::{CancelReason, CommandName, KitchenReason, Party, RejectReason, UndeliverableReason};

/// What may be asked of an order, or told to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The payment is authorised.
    Authorize {
        /// Which payment.
        payment_id: PaymentId,
        /// How much is reserved.
        amount: Money,
    },
    /// The payment was declined.
    Decline,
    /// The authorised money was released.
    Void {
        /// Why, as a reason for the order's end.
        reason: CancelReason,
    },
    /// The payment took too long.
    PaymentDeadline,
    /// It is time to ask the restaurant.
    Release,
    /// The restaurant took too long to answer.
    RestaurantDeadline,
    /// No courier was found in time.
    CourierDeadline,
    /// Who was to come for the food does not.
    LoseCourier {
        courier: CourierId,
        /// The delivery's event that says so: of two words on who comes, the later one counts.
        since: u32,
    },
    /// Nobody fetched the food in time.
    PickUpDeadline,
    /// The kitchen never said that the food is ready.
    KitchenDeadline,
    /// Nobody ever said what became of the food that a courier took.
    DeliveryDeadline,
    /// The restaurant takes it.
    Accept {
        /// How long it needs, if not as long as usual.
        prep_minutes: Option<u32>,
    },
    /// The restaurant does not take it.
    Reject {
        /// Why.
        reason: KitchenReason,
    },
    /// The kitchen needs longer.
    Delay {
        /// How much longer, in minutes.
        minutes: u32,
        /// Why.
        reason: KitchenReason,
    },
    /// The food is ready.
    MarkReady,
    /// Somebody does not want it any more.
    Cancel {
        /// Why.
        reason: CancelReason,
        /// The most that the party has agreed to pay for it; `None` for those who never pay.
        agreed: Option<Money>,
    },
    /// The courier has the food.
    PickUp {
        courier: CourierId,
        /// Since when.
        at: Timestamp,
    },
    /// The customer has the food.
    Deliver {
        /// Who brought it.
        courier: CourierId,
        /// Since when.
        at: Timestamp,
    },
    /// The courier could not hand it over.
    Fail {
        /// Who tried.
        courier: CourierId,
        /// Why.
        reason: UndeliverableReason,
        /// Whether the customer is at fault, and so pays.
        is_the_customers: bool,
    },
}

impl Command {
    /// The command that is due when the deadline of this name has passed; `None` when there is no such deadline.
    #[must_use]
    pub fn of_deadline(name: &str) -> Option<Self> {
        let deadlines = [
            Self::PaymentDeadline,
            Self::Release,
            Self::RestaurantDeadline,
            Self::CourierDeadline,
            Self::PickUpDeadline,
            Self::KitchenDeadline,
            Self::DeliveryDeadline,
        ];
        deadlines.into_iter().find(|command| command.name().as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(&self) -> CommandName {
        match self {
            Self::Authorize { .. } => CommandName::Authorize,
            Self::Decline => CommandName::Decline,
            Self::Void { .. } => CommandName::Void,
            Self::PaymentDeadline => CommandName::PaymentDeadline,
            Self::Release => CommandName::Release,
            Self::RestaurantDeadline => CommandName::RestaurantDeadline,
            Self::CourierDeadline => CommandName::CourierDeadline,
            Self::LoseCourier { .. } => CommandName::LoseCourier,
            Self::PickUpDeadline => CommandName::PickUpDeadline,
            Self::KitchenDeadline => CommandName::KitchenDeadline,
            Self::DeliveryDeadline => CommandName::DeliveryDeadline,
            Self::Accept { .. } => CommandName::Accept,
            Self::Reject { .. } => CommandName::Reject,
            Self::Delay { .. } => CommandName::Delay,
            Self::MarkReady => CommandName::MarkReady,
            Self::Cancel { .. } => CommandName::Cancel,
            Self::PickUp { .. } => CommandName::PickUp,
            Self::Deliver { .. } => CommandName::Deliver,
            Self::Fail { .. } => CommandName::Fail,
        }
    }
}

/// What happened, for others to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The order was born.
    Placed {
        /// How the customer pays.
        payment_method_id: PaymentMethodId,
        /// Until when the payment may be authorised.
        pay_by: Timestamp,
    },
    /// Paid for.
    Confirmed {
        /// When the restaurant is asked; `None` means at once.
        release_at: Option<Timestamp>,
    },
    /// A scheduled order is shown to the restaurant.
    Released {
        /// Until when it may answer.
        answer_by: Timestamp,
    },
    /// The kitchen cooks.
    Accepted {
        /// When it means to be done.
        ready_at: Timestamp,
    },
    /// The restaurant did not take it.
    Rejected {
        /// Why.
        reason: RejectReason,
    },
    /// The kitchen needs longer.
    Delayed {
        /// When it now means to be done.
        ready_at: Timestamp,
        /// Why.
        reason: KitchenReason,
    },
    /// The food is ready.
    Ready {
        /// Since when.
        ready_at: Timestamp,
    },
    /// The courier who was to come does not: another one is looked for.
    CourierLost {
        courier: CourierId,
        /// Until when another one must be found, if the food waits already.
        courier_by: Option<Timestamp>,
    },
    /// A courier has the food.
    PickedUp {
        courier: CourierId,
        /// Since when.
        at: Timestamp,
    },
    /// The customer has the food.
    Delivered {
        /// Since when.
        at: Timestamp,
    },
    /// Ended before the food arrived.
    Cancelled {
        /// Who ended it.
        by: Party,
        /// Why.
        reason: CancelReason,
        /// What is still charged.
        fee: Money,
    },
    /// The courier could not hand it over.
    Undeliverable {
        /// Why.
        reason: UndeliverableReason,
        /// What is still charged.
        fee: Money,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::StateName;
    use crate::domain::cast::in_state;
    use crate::domain::decide::deadlines;

    #[test]
    fn every_deadline_that_is_set_is_understood() {
        for state in StateName::ALL {
            for (command, _) in deadlines(&in_state(*state).state) {
                assert_eq!(
                    Command::of_deadline(command.as_str()).map(|due| due.name()),
                    Some(command)
                );
            }
        }
        assert_eq!(Command::of_deadline("tea_time"), None);
        assert_eq!(Command::of_deadline("cancel"), None, "a command that is no deadline");
    }
}
