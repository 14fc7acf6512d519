//! What a payment is at any moment.

use contracts::vocabulary::VoidReason;
use kernel::{Money, PaymentMethodId, SignedDuration, Timestamp};

use super::Card;

/// An authorisation is given back this long before the provider would let it lapse: while what is owed can still be taken, and
/// after any order has ended: one that is scheduled five days ahead, and whose failure is judged for a day, within the week.
pub const EXPIRY_MARGIN: SignedDuration = SignedDuration::from_hours(12);

/// Money that is not taken or released for so long is for a person to look at; trying goes on.
pub const STALLED_AFTER: SignedDuration = SignedDuration::from_mins(10);

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
    /// What becomes of the reserved money is decided, and is being done: committed before the provider is asked, so that a
    /// debt outlives any outage and a release that we did not ask for is told from our own.
    Settling {
        /// What is reserved.
        total: Money,
        /// The intent.
        attempt: Attempt,
        /// What is to be charged; zero means that all is released.
        charge: Money,
        /// When the bank releases it by itself.
        expires_at: Timestamp,
        /// Since when it is tried.
        since: Timestamp,
        /// How often it was tried again.
        tries: u32,
        /// Whether operators were told that it does not succeed.
        is_told: bool,
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
            Self::Settling { charge, .. } if charge.is_zero() => "releasing",
            Self::Settling { .. } => "capturing",
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
            | Self::Settling { attempt, .. }
            | Self::Captured { attempt, .. } => Some(attempt),
            Self::Declined { attempt, .. } | Self::Voided { attempt, .. } => attempt.as_ref(),
        }
    }

    /// When the next try of a settlement is due, after so many: soon at first, and for as long as the reservation lives.
    #[must_use]
    pub fn next_try(tries: u32, now: Timestamp) -> Timestamp {
        const PAUSES_SECONDS: [i64; 7] = [30, 60, 120, 300, 600, 1800, 3600];
        let last = PAUSES_SECONDS.len() - 1;
        let place = usize::try_from(tries).unwrap_or(last).min(last);
        now + SignedDuration::from_secs(PAUSES_SECONDS[place])
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
            | Self::Settling { total, .. }
            | Self::Declined { total, .. }
            | Self::Captured { total, .. }
            | Self::Voided { total, .. } => Some(*total),
        }
    }

    /// Why an intent that somebody finds cancelled was cancelled, if nobody says. While the money is reserved and nothing else
    /// was decided, it was not this service; close to the reservation's end it is the bank or our own timer.
    #[must_use]
    pub fn likely_void_reason(&self, now: Timestamp) -> VoidReason {
        match self {
            Self::Authorized { expires_at, .. } if now >= *expires_at - EXPIRY_MARGIN => {
                VoidReason::AuthorizationExpired
            }
            Self::Authorized { .. } => VoidReason::ReleasedElsewhere,
            Self::Settling { charge, .. } if !charge.is_zero() => VoidReason::ReleasedElsewhere,
            Self::Forestalled
            | Self::Requested { .. }
            | Self::Authorizing { .. }
            | Self::ActionRequired { .. }
            | Self::Settling { .. }
            | Self::Declined { .. }
            | Self::Captured { .. }
            | Self::Voided { .. } => VoidReason::OrderEnded,
        }
    }
}
