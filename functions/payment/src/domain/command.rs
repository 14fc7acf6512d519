//! The words of the transition table: what comes to a payment, and what it may lead to.

use kernel::{Money, PaymentMethodId, Timestamp};

use super::{Attempt, IntentId, NextAction, State, VoidReason};

/// What comes to a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// The order was placed: reserve this much.
    Request {
        /// The most that may ever be charged.
        total: Money,
        /// How the customer pays.
        method: PaymentMethodId,
    },
    /// The order ended: charge this much, once; nothing means release.
    Settle {
        /// The final amount, or the fee.
        charge: Money,
        /// The current instant.
        now: Timestamp,
    },
    /// An intent was made or found; it has moved no money yet.
    Prepare(Attempt),
    /// No intent can be made.
    Refuse {
        /// The provider's code, or ours.
        reason: String,
    },
    /// The provider showed an intent.
    Observe(Observation),
    /// It may have stalled: look.
    Check,
    /// What was decided should have been done by now: do it.
    Retry,
    /// It could not be done: later again.
    Postpone {
        /// The current instant.
        now: Timestamp,
    },
    /// The reservation may be about to lapse.
    Expire {
        /// The current instant.
        now: Timestamp,
    },
}

/// An intent as the provider showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    pub intent: IntentId,
    /// How it stands.
    pub status: IntentStatus,
    /// If it is cancelled: why.
    pub void_reason: VoidReason,
}

/// How an intent stands at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IntentStatus {
    /// Made, not confirmed: no money has moved.
    Unconfirmed,
    /// The bank has not answered yet.
    Processing,
    /// The customer must act.
    NeedsAction(NextAction),
    /// The money is reserved.
    Reserved {
        /// How much.
        amount: Money,
        /// When the bank releases it by itself.
        expires_at: Timestamp,
    },
    /// The customer was charged.
    Captured {
        /// How much.
        amount: Money,
    },
    /// The bank said no.
    Failed {
        /// The provider's code.
        reason: String,
    },
    /// Nothing is reserved, and nothing can be any more.
    Canceled,
}

/// What a command leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// It is so already.
    Nothing,
    /// The provider must be asked first; its answer comes back as a command.
    Ask(ProviderRequest),
    /// The payment becomes this, and this is published.
    Become {
        /// The new state.
        state: State,
        /// What happened, if others should hear of it.
        event: Option<Event>,
    },
}

/// What to ask the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderRequest {
    /// Find the payment's intent, or make it, without confirming it.
    Prepare {
        /// How much it is for.
        total: Money,
        /// How the customer pays.
        method: PaymentMethodId,
    },
    /// Confirm the intent, if it still is unconfirmed.
    Confirm(IntentId),
    /// Show the intent.
    Look(IntentId),
    /// Cancel the intent.
    Cancel {
        intent: IntentId,
        /// Why.
        reason: VoidReason,
    },
    /// Charge.
    Capture {
        intent: IntentId,
        /// How much; the rest is released.
        amount: Money,
    },
}

/// What happened, for others to hear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The money is reserved.
    Authorized {
        /// How much.
        amount: Money,
        /// Until when.
        expires_at: Timestamp,
    },
    /// The customer must approve the payment at the bank.
    ActionRequired,
    /// The bank, or we, said no.
    Declined {
        /// The provider's code.
        reason: String,
    },
    /// The customer was charged.
    Captured {
        /// How much.
        amount: Money,
    },
    /// What was reserved is released.
    Voided {
        /// Why.
        reason: VoidReason,
    },
    /// What becomes of the money is decided, and is tried at this moment.
    Settling {
        /// What is to be charged; zero means that all is released.
        charge: Money,
        /// How often it was tried again.
        tries: u32,
        /// When it is tried again.
        retry_at: Timestamp,
    },
    /// What was decided does not succeed: operators should look.
    Stalled {
        /// What is to be charged; zero means that all is released.
        charge: Money,
        /// Since when it is tried.
        since: Timestamp,
        /// When it is tried again; `None` means that it cannot succeed any more.
        retry_at: Option<Timestamp>,
    },
}

/// Why a command cannot be carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// What must come first has not come: later it may work.
    #[error("{command} came before its time: the payment is {state}")]
    Premature {
        /// The command.
        command: &'static str,
        /// The payment's state.
        state: &'static str,
    },
    /// An order is paid once, with one amount.
    #[error("{asked} asked, but the payment is about {known}")]
    AnotherTotal {
        /// The amount now.
        asked: Money,
        /// The amount before.
        known: Money,
    },
    /// More than was reserved, or less than nothing, or in another currency.
    #[error("{charge} cannot be charged: {reserved} is reserved")]
    ExceedsReservation {
        /// What should be charged.
        charge: Money,
        /// What is reserved.
        reserved: Money,
    },
    /// There is nothing to charge.
    #[error("{charge} cannot be charged: the payment is {state}")]
    NothingReserved {
        /// What should be charged.
        charge: Money,
        /// The payment's state.
        state: &'static str,
    },
    /// It was charged, and something else should have been.
    #[error("{charge} cannot be charged: {captured} was charged before")]
    AlreadyCaptured {
        /// What should be charged.
        charge: Money,
        /// What was.
        captured: Money,
    },
    /// The provider shows what the payment's history excludes: a person must look.
    #[error("the provider shows the intent as {status}, but the payment is {state}")]
    Contradiction {
        /// What the provider shows.
        status: &'static str,
        /// The payment's state.
        state: &'static str,
    },
}

impl Command {
    /// The command's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Request { .. } => "request",
            Self::Settle { charge, .. } if charge.is_zero() => "release",
            Self::Settle { .. } => "charge",
            Self::Prepare(_) => "prepare",
            Self::Refuse { .. } => "refuse",
            Self::Observe(observation) => observation.status.name(),
            Self::Check => "check",
            Self::Retry => "retry",
            Self::Postpone { .. } => "postpone",
            Self::Expire { .. } => "expire",
        }
    }
}

impl IntentStatus {
    /// The status's name.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Unconfirmed => "unconfirmed",
            Self::Processing => "processing",
            Self::NeedsAction(_) => "needs_action",
            Self::Reserved { .. } => "reserved",
            Self::Captured { .. } => "captured",
            Self::Failed { .. } => "failed",
            Self::Canceled => "canceled",
        }
    }
}
