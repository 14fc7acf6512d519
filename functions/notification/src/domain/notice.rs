//! What a person can be told, and the table of how.

use contracts::order::Window;
use contracts::vocabulary::{CancelledBy, MessageCategory, ReleaseReason, Word, word};
use kernel::{Money, Timestamp};

use super::Kind;

/// Whether a message may wake somebody.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Urgency {
    /// It can wait until the person looks.
    Normal,
    /// The person should act, or stop waiting, now.
    Urgent,
}

/// How often a message may come: what may come again and again is counted against a budget of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Frequency {
    /// Once with every paid order.
    OncePerOrder,
    /// As often as something happens.
    Any,
}

/// What a person is told, with the facts that its text needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// The payment is reserved and the restaurant is asked, or will be.
    OrderConfirmed {
        restaurant: String,
        /// What was reserved.
        total: Money,
        /// What was promised.
        promised: Window,
        /// True if the restaurant is asked later.
        scheduled: bool,
    },
    /// The kitchen cooks.
    OrderAccepted {
        restaurant: String,
        /// What was promised.
        promised: Window,
    },
    /// The kitchen needs longer.
    OrderDelayed {
        restaurant: String,
        /// When it means to be done.
        ready_at: Timestamp,
        /// Why.
        reason: word::KitchenReason,
    },
    /// The courier has the food.
    OutForDelivery {
        /// From where.
        restaurant: Option<String>,
    },
    /// The courier stands at the door.
    CourierAtDoor {
        /// From where.
        restaurant: Option<String>,
    },
    /// The food has arrived.
    OrderDelivered {
        /// From where.
        restaurant: String,
    },
    /// The restaurant does not take the order.
    OrderRejected {
        restaurant: String,
        /// Why.
        reason: word::RejectReason,
    },
    /// The order ended before the food left.
    OrderCancelled {
        restaurant: String,
        /// Who ended it.
        by: word::CancelledBy,
        /// Why.
        reason: word::CancelReason,
        /// What is charged all the same.
        fee: Money,
    },
    /// The order ended because the bank declined, which was told when it did.
    OrderUnpaid { restaurant: String },
    /// The courier could not hand the food over.
    OrderUndeliverable {
        /// From where.
        restaurant: String,
        /// Why.
        reason: word::UndeliverableReason,
        /// What is charged all the same.
        fee: Money,
    },
    /// The bank said no.
    PaymentDeclined {
        /// What for.
        restaurant: Option<String>,
    },
    /// The bank wants the customer's approval.
    PaymentActionRequired {
        /// What for.
        restaurant: Option<String>,
    },
    /// The reservation ran out before the order ended.
    PaymentExpired {
        /// What for.
        restaurant: Option<String>,
    },
    /// The customer was charged.
    Receipt {
        /// What for.
        restaurant: Option<String>,
        /// How much.
        amount: Money,
    },
    /// A courier need not hurry to the restaurant.
    CourierDelayed {
        restaurant: String,
        /// When the food will be there.
        ready_at: Timestamp,
    },
    /// A courier's order is off.
    CourierCancelled {
        /// Where it was to be fetched.
        restaurant: String,
    },
    /// A courier was taken off an order before the pick-up.
    CourierReleased {
        /// Where it was to be fetched.
        restaurant: Option<String>,
        /// Why.
        reason: Option<word::ReleaseReason>,
        /// What an operator said besides.
        detail: Option<word::ReleaseDetail>,
    },
    /// No courier takes a delivery.
    DeliveryEscalated {
        /// How many were asked.
        offers: u32,
        /// Where the food waits.
        restaurant: Option<String>,
    },
    /// Food is long overdue with the courier who took it.
    DeliveryOverdue {
        /// Where it is from.
        restaurant: Option<String>,
    },
    /// A courier says that the food could not be handed over: an operator decides who bears the price.
    FailureToReview {
        /// Where the food is from.
        restaurant: Option<String>,
        /// Why.
        reason: word::FailureReason,
        /// Until when.
        review_by: Timestamp,
    },
    /// The same, to the customer: it is looked into, and nothing is charged meanwhile.
    FailureLookedInto {
        /// From where.
        restaurant: Option<String>,
        /// Why.
        reason: word::FailureReason,
    },
    /// Money that should have been taken or released long ago still is not.
    PaymentStalled {
        /// What for.
        restaurant: Option<String>,
        /// What does not succeed.
        operation: word::Settlement,
        /// How much.
        amount: Money,
        /// Since when it is tried.
        since: Timestamp,
    },
    /// Somebody tried to sign up with the person's address.
    SignUpRepeated,
}

/// How a notice goes: one row of the table.
///
/// Everything goes to the in-app inbox. Of the life of an ordinary order two mails remain, the confirmation and the
/// receipt, and two text messages, when the food leaves and when it is at the door.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// Names the notice in the inbox, in logs and to apps.
    pub name: &'static str,
    /// What it is about.
    pub category: MessageCategory,
    /// Whether it may wake somebody.
    pub urgency: Urgency,
    /// By e-mail too.
    pub email: bool,
    /// By text message too.
    pub sms: bool,
    /// True for what a person must hear: preferences cannot silence it.
    pub essential: bool,
    /// How often it may come.
    pub frequency: Frequency,
}

impl Rule {
    const fn new(kind: Kind, category: MessageCategory) -> Self {
        Self {
            name: kind.as_str(),
            category,
            urgency: Urgency::Normal,
            email: false,
            sms: false,
            essential: false,
            frequency: Frequency::Any,
        }
    }

    const fn email(mut self) -> Self {
        self.email = true;
        self
    }

    const fn sms(mut self) -> Self {
        self.sms = true;
        self
    }

    const fn urgent(mut self) -> Self {
        self.urgency = Urgency::Urgent;
        self
    }

    const fn once_per_order(mut self) -> Self {
        self.frequency = Frequency::OncePerOrder;
        self
    }

    const fn essential(mut self) -> Self {
        self.essential = true;
        self
    }
}

impl Notice {
    /// How the notice goes.
    #[must_use]
    pub fn rule(&self) -> Rule {
        use MessageCategory::{Account, DeliveryUpdates, Operations, OrderUpdates, Payments, Work};
        match self {
            Self::OrderConfirmed { .. } => Rule::new(Kind::OrderConfirmed, OrderUpdates).email().once_per_order(),
            Self::OrderAccepted { .. } => Rule::new(Kind::OrderAccepted, OrderUpdates),
            Self::OrderDelayed { .. } => Rule::new(Kind::OrderDelayed, OrderUpdates).sms(),
            Self::OutForDelivery { .. } => Rule::new(Kind::OutForDelivery, DeliveryUpdates).sms().once_per_order(),
            Self::CourierAtDoor { .. } => Rule::new(Kind::CourierAtDoor, DeliveryUpdates)
                .sms()
                .urgent()
                .once_per_order(),
            Self::OrderDelivered { .. } => Rule::new(Kind::OrderDelivered, DeliveryUpdates),
            Self::OrderRejected { .. } => Rule::new(Kind::OrderRejected, OrderUpdates)
                .email()
                .sms()
                .urgent()
                .essential(),
            Self::OrderCancelled {
                by: Word::Known(CancelledBy::Customer),
                ..
            } => Rule::new(Kind::OrderCancelled, OrderUpdates).email().essential(),
            Self::OrderCancelled {
                by:
                    Word::Known(CancelledBy::Restaurant | CancelledBy::Operator | CancelledBy::Platform) | Word::Unknown(_),
                ..
            } => Rule::new(Kind::OrderCancelled, OrderUpdates)
                .email()
                .sms()
                .urgent()
                .essential(),
            Self::OrderUnpaid { .. } => Rule::new(Kind::OrderCancelled, OrderUpdates).essential(),
            Self::OrderUndeliverable { .. } => Rule::new(Kind::OrderUndeliverable, DeliveryUpdates)
                .email()
                .sms()
                .urgent()
                .essential(),
            Self::PaymentDeclined { .. } => Rule::new(Kind::PaymentDeclined, Payments).email().essential(),
            Self::PaymentActionRequired { .. } => Rule::new(Kind::PaymentActionRequired, Payments)
                .sms()
                .urgent()
                .essential(),
            Self::PaymentExpired { .. } => Rule::new(Kind::PaymentExpired, Payments).email().essential(),
            Self::Receipt { .. } => Rule::new(Kind::Receipt, Payments).email().once_per_order(),
            Self::CourierDelayed { .. } => Rule::new(Kind::CourierDelayed, Work),
            Self::CourierCancelled { .. } => Rule::new(Kind::CourierCancelled, Work).sms().urgent().essential(),
            // Who ended the shift knows that what was not fetched goes to somebody else.
            Self::CourierReleased {
                reason: Some(Word::Known(ReleaseReason::ShiftEnded)),
                ..
            } => Rule::new(Kind::CourierReleased, Work),
            Self::CourierReleased {
                reason:
                    Some(
                        Word::Known(ReleaseReason::Silent | ReleaseReason::KitchenLate | ReleaseReason::Operator)
                        | Word::Unknown(_),
                    )
                    | None,
                ..
            } => Rule::new(Kind::CourierReleased, Work).sms().urgent().essential(),
            Self::DeliveryEscalated { .. } => Rule::new(Kind::DeliveryEscalated, Operations).urgent(),
            Self::DeliveryOverdue { .. } => Rule::new(Kind::DeliveryOverdue, Operations).urgent(),
            Self::FailureToReview { .. } => Rule::new(Kind::DeliveryFailureReported, Operations).urgent(),
            // Whoever is at home after all may still say so.
            Self::FailureLookedInto { .. } => Rule::new(Kind::DeliveryLookedInto, DeliveryUpdates)
                .email()
                .sms()
                .urgent()
                .essential(),
            Self::PaymentStalled { .. } => Rule::new(Kind::PaymentStalled, Operations).urgent(),
            Self::SignUpRepeated => Rule::new(Kind::SignUpRepeated, Account).email().essential(),
        }
    }
}
