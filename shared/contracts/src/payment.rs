//! What the payment service publishes.

use kernel::{Money, OrderId, PaymentId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::vocabulary::word;

/// The customer's money is reserved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Authorized {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// Whose money.
    pub customer_id: UserId,
    /// How much.
    pub amount: Money,
    /// Until when it stays reserved.
    pub expires_at: Timestamp,
}

/// The bank said no.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Declined {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// Whose.
    pub customer_id: UserId,
    /// The provider's code, such as `card_declined`.
    pub reason: String,
}

/// The customer must approve the payment at the bank (3-D Secure).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ActionRequired {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// Whose.
    pub customer_id: UserId,
}

/// The customer was charged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Captured {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// Whose money.
    pub customer_id: UserId,
    /// How much: at most what was authorised.
    pub amount: Money,
}

/// The reserved money was released.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Voided {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// Whose money.
    pub customer_id: UserId,
    /// `order_ended`, `authorization_expired`, or `released_elsewhere`: somebody released it at the provider.
    pub reason: word::VoidReason,
}

/// What becomes of the reserved money is decided: it is being taken, or released. [`Captured`], [`Voided`] or, if it takes long,
/// [`Stalled`] follows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Settling {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// What is to be charged; zero means that all is released.
    pub charge: Money,
    /// How often it was tried again.
    pub tries: u32,
}

/// Money that should have been taken or released long ago still is not: an operator should look. Told once for each
/// payment; the service goes on trying for as long as the hold lives.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Stalled {
    /// The payment.
    pub payment_id: PaymentId,
    /// What for.
    pub order_id: OrderId,
    /// Whose money.
    pub customer_id: UserId,
    /// What does not succeed: `capture` or `release`.
    pub operation: word::Settlement,
    /// How much is to be taken or released.
    pub amount: Money,
    /// Since when it is tried.
    pub since: Timestamp,
}
