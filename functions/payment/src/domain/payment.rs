//! What a payment is at any moment.

use kernel::{Money, PaymentMethodId, SignedDuration, Timestamp};

use super::Card;

/// An authorisation is given back this long before the provider would let it lapse: while it can still be told in time,
/// and long after any order of the same day has ended.
pub const EXPIRY_MARGIN: SignedDuration = SignedDuration::from_hours(24);

/// The provider's id of a payment intent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IntentId(String);

impl IntentId {
    /// Wraps an id that the provider gave.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The one intent by which a payment may move money, and the card it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The provider's id.
    pub intent: IntentId,
    /// The card.
    pub card: Card,
}

/// What the customer must do at the bank (3-D Secure).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NextAction {
    /// Open a page.
    Redirect {
        /// The bank's page.
        url: String,
    },
    /// Let the provider's library in the app do it.
    ProviderSdk {
        /// What the library asks for; only the customer may see it.
        client_secret: String,
    },
}

/// Why reserved money was released.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VoidReason {
    /// The order ended without anything to pay.
    OrderEnded,
    /// The bank would have released it soon.
    AuthorizationExpired,
}

/// The state of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    /// The order ended before this service heard that it was placed: what comes may not be charged.
    Forestalled,
    /// The order was placed; no money can have moved, for no intent is known.
    Requested {
        /// The most that may ever be charged.
        total: Money,
        /// How the customer pays.
        method: PaymentMethodId,
    },
    /// The intent is known and was, or will now be, confirmed: whether the bank agreed is for the provider to say.
    Authorizing {
        /// The most that may ever be charged.
        total: Money,
        /// The intent.
        attempt: Attempt,
    },
    /// The bank wants the customer's own approval.
    ActionRequired {
        /// The most that may ever be charged.
        total: Money,
        /// The intent.
        attempt: Attempt,
        /// What the customer must do.
        action: NextAction,
    },
    /// The money is reserved.
    Authorized {
        /// What is reserved.
        total: Money,
        /// The intent.
        attempt: Attempt,
        /// When the bank releases it by itself.
        expires_at: Timestamp,
    },
    /// The bank, or we, said no. An end.
    Declined {
        /// What was asked.
        total: Money,
        /// The intent, if it came to one.
        attempt: Option<Attempt>,
        /// The provider's code.
        reason: String,
    },
    /// The customer was charged. An end, until refunds.
    Captured {
        /// What was reserved.
        total: Money,
        /// The intent.
        attempt: Attempt,
        /// What was charged: at most what was reserved.
        captured: Money,
    },
    /// Nothing is reserved any more and nothing was charged. An end.
    Voided {
        /// What was asked.
        total: Money,
        /// The intent, if it came to one.
        attempt: Option<Attempt>,
        /// Why.
        reason: VoidReason,
    },
}

impl State {
    /// The state's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Forestalled => "forestalled",
            Self::Requested { .. } => "requested",
            Self::Authorizing { .. } => "authorizing",
            Self::ActionRequired { .. } => "action_required",
            Self::Authorized { .. } => "authorized",
            Self::Declined { .. } => "declined",
            Self::Captured { .. } => "captured",
            Self::Voided { .. } => "voided",
        }
    }

    /// The intent, if there is one.
    #[must_use]
    pub const fn attempt(&self) -> Option<&Attempt> {
        match self {
            Self::Forestalled | Self::Requested { .. } => None,
            Self::Authorizing { attempt, .. }
            | Self::ActionRequired { attempt, .. }
            | Self::Authorized { attempt, .. }
            | Self::Captured { attempt, .. } => Some(attempt),
            Self::Declined { attempt, .. } | Self::Voided { attempt, .. } => attempt.as_ref(),
        }
    }

    /// What the order asked for, once that is known.
    #[must_use]
    pub const fn total(&self) -> Option<Money> {
        match self {
            Self::Forestalled => None,
            Self::Requested { total, .. }
            | Self::Authorizing { total, .. }
            | Self::ActionRequired { total, .. }
            | Self::Authorized { total, .. }
            | Self::Declined { total, .. }
            | Self::Captured { total, .. }
            | Self::Voided { total, .. } => Some(*total),
        }
    }

    /// Why an intent that somebody finds cancelled was cancelled, if nobody says: close to its end it is the bank or
    /// our own timer, before that the order's end.
    #[must_use]
    pub fn likely_void_reason(&self, now: Timestamp) -> VoidReason {
        match self {
            Self::Authorized { expires_at, .. } if now >= *expires_at - EXPIRY_MARGIN => {
                VoidReason::AuthorizationExpired
            }
            Self::Forestalled
            | Self::Requested { .. }
            | Self::Authorizing { .. }
            | Self::ActionRequired { .. }
            | Self::Authorized { .. }
            | Self::Declined { .. }
            | Self::Captured { .. }
            | Self::Voided { .. } => VoidReason::OrderEnded,
        }
    }
}
