//! What the table holds: payments and their events, and each person's saved cards.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `PAYMENT#<payment_id>` | `STATE` | the payment |
//! | `PAYMENT#<payment_id>` | `EVENT#<sequence>` | what was published of it |
//! | `USER#<user_id>` | `CUSTOMER` | the provider's id of the person |
//! | `USER#<user_id>` | `METHOD#<payment_method_id>` | a saved card |
//! | `INBOX#stripe/<event id>` | `MARKER` | a webhook that changed something |

use ::store::{Key, StoreError};
use kernel::{Currency, Money, PaymentId, PaymentMethodId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use crate::domain::{Attempt, Card, IntentId, NextAction, State, VoidReason};

/// The sort key of a saved card begins with it.
pub const METHOD_PREFIX: &str = "METHOD#";

/// A payment as it is known here: whose it is, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    /// Whose money.
    pub customer_id: UserId,
    /// Its state.
    pub state: State,
}

/// The provider's side of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomerRecord {
    /// The provider's id.
    pub provider_customer: String,
}

/// A saved card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MethodRecord {
    /// Its id.
    pub payment_method_id: PaymentMethodId,
    /// The provider's id of the card.
    pub provider_method: String,
    /// The provider's id of the person.
    pub provider_customer: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u8,
    /// Such as 2030.
    pub exp_year: u16,
    /// Since when.
    pub created_at: Timestamp,
}

/// A payment's item: flat, and only what is true in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRecord {
    customer_id: UserId,
    state: Phase,
    // Also tells one delivery's write from another's that says the same.
    changed_at: Timestamp,
    currency: Option<Currency>,
    total: Option<i64>,
    captured: Option<i64>,
    payment_method_id: Option<PaymentMethodId>,
    intent: Option<String>,
    brand: Option<String>,
    last4: Option<String>,
    action_url: Option<String>,
    action_secret: Option<String>,
    // Not `expires_at`: that is the attribute by which the table forgets items.
    authorized_until: Option<Timestamp>,
    reason: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Phase {
    Forestalled,
    Requested,
    Authorizing,
    ActionRequired,
    Authorized,
    Declined,
    Captured,
    Voided,
}

/// Where a payment is.
#[must_use]
pub fn payment_key(payment_id: PaymentId) -> Key {
    Key::new(format!("PAYMENT#{payment_id}"), "STATE")
}

/// Where the provider's id of a person is.
#[must_use]
pub fn customer_key(user_id: UserId) -> Key {
    Key::new(methods_partition(user_id), "CUSTOMER")
}

/// Where a saved card is: with its owner, so another person's id finds nothing.
#[must_use]
pub fn method_key(user_id: UserId, payment_method_id: PaymentMethodId) -> Key {
    Key::new(
        methods_partition(user_id),
        format!("{METHOD_PREFIX}{payment_method_id}"),
    )
}

/// The partition of a person's saved cards.
#[must_use]
pub fn methods_partition(user_id: UserId) -> String {
    format!("USER#{user_id}")
}

/// The text of a void's reason, in items and events.
#[must_use]
pub const fn void_reason(reason: VoidReason) -> &'static str {
    match reason {
        VoidReason::OrderEnded => "order_ended",
        VoidReason::AuthorizationExpired => "authorization_expired",
    }
}

impl PaymentRecord {
    /// The item of a payment that changes now.
    #[must_use]
    pub fn new(payment: &Payment, now: Timestamp) -> Self {
        let mut record = Self::empty(payment.customer_id, Phase::Forestalled, now);
        if let Some(total) = payment.state.total() {
            record.currency = Some(total.currency());
            record.total = Some(total.amount());
        }
        if let Some(attempt) = payment.state.attempt() {
            record.intent = Some(attempt.intent.as_str().to_owned());
            record.brand = Some(attempt.card.brand.clone());
            record.last4 = Some(attempt.card.last4.clone());
        }
        record.state = match &payment.state {
            State::Forestalled => Phase::Forestalled,
            State::Requested { method, .. } => {
                record.payment_method_id = Some(*method);
                Phase::Requested
            }
            State::Authorizing { .. } => Phase::Authorizing,
            State::ActionRequired { action, .. } => {
                match action {
                    NextAction::Redirect { url } => record.action_url = Some(url.clone()),
                    NextAction::ProviderSdk { client_secret } => record.action_secret = Some(client_secret.clone()),
                }
                Phase::ActionRequired
            }
            State::Authorized { expires_at, .. } => {
                record.authorized_until = Some(*expires_at);
                Phase::Authorized
            }
            State::Declined { reason, .. } => {
                record.reason = Some(reason.clone());
                Phase::Declined
            }
            State::Captured { captured, .. } => {
                record.captured = Some(captured.amount());
                Phase::Captured
            }
            State::Voided { reason, .. } => {
                record.reason = Some(void_reason(*reason).to_owned());
                Phase::Voided
            }
        };
        record
    }

    const fn empty(customer_id: UserId, state: Phase, changed_at: Timestamp) -> Self {
        Self {
            customer_id,
            state,
            changed_at,
            currency: None,
            total: None,
            captured: None,
            payment_method_id: None,
            intent: None,
            brand: None,
            last4: None,
            action_url: None,
            action_secret: None,
            authorized_until: None,
            reason: None,
        }
    }

    fn attempt(&mut self) -> Option<Attempt> {
        Some(Attempt {
            intent: IntentId::new(self.intent.take()?),
            card: Card {
                brand: self.brand.take()?,
                last4: self.last4.take()?,
            },
        })
    }

    fn action(&mut self) -> Option<NextAction> {
        let redirect = self.action_url.take().map(|url| NextAction::Redirect { url });
        let secret = self.action_secret.take();
        redirect.or_else(|| secret.map(|client_secret| NextAction::ProviderSdk { client_secret }))
    }

    fn void_reason(&self) -> Option<VoidReason> {
        [VoidReason::OrderEnded, VoidReason::AuthorizationExpired]
            .into_iter()
            .find(|reason| self.reason.as_deref() == Some(void_reason(*reason)))
    }

    fn into_state(mut self) -> Option<State> {
        if self.state == Phase::Forestalled {
            return Some(State::Forestalled);
        }
        let currency = self.currency?;
        let total = Money::new(self.total?, currency);
        let attempt = self.attempt();
        Some(match self.state {
            Phase::Forestalled => State::Forestalled,
            Phase::Requested => State::Requested {
                total,
                method: self.payment_method_id?,
            },
            Phase::Authorizing => State::Authorizing {
                total,
                attempt: attempt?,
            },
            Phase::ActionRequired => State::ActionRequired {
                total,
                attempt: attempt?,
                action: self.action()?,
            },
            Phase::Authorized => State::Authorized {
                total,
                attempt: attempt?,
                expires_at: self.authorized_until?,
            },
            Phase::Declined => State::Declined {
                total,
                attempt,
                reason: self.reason?,
            },
            Phase::Captured => State::Captured {
                total,
                attempt: attempt?,
                captured: Money::new(self.captured?, currency),
            },
            Phase::Voided => State::Voided {
                total,
                attempt,
                reason: self.void_reason()?,
            },
        })
    }
}

impl TryFrom<PaymentRecord> for Payment {
    type Error = StoreError;

    fn try_from(record: PaymentRecord) -> Result<Self, StoreError> {
        let customer_id = record.customer_id;
        let phase = record.state;
        let state = record
            .into_state()
            .ok_or_else(|| StoreError::Corrupt(format!("a payment that is {phase:?} lacks an attribute")))?;
        Ok(Self { customer_id, state })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::store::Item;
    use kernel::TypedId as _;
    use uuid::Uuid;

    #[test]
    fn every_state_survives_the_table_and_is_small() {
        let customer_id = UserId::from_uuid(Uuid::from_u128(1));
        let mut all = crate::domain::examples();
        all.push(State::Voided {
            total: all[1].total().unwrap(),
            attempt: None,
            reason: VoidReason::AuthorizationExpired,
        });
        let (total, attempt) = (all[1].total().unwrap(), all[2].attempt().unwrap().clone());
        let action = NextAction::ProviderSdk {
            client_secret: "pi_ours_secret".to_owned(),
        };
        all.push(State::ActionRequired { total, attempt, action });
        for state in all {
            let payment = Payment { customer_id, state };
            let mut item: Item = serde_dynamo::to_item(PaymentRecord::new(&payment, Timestamp::UNIX_EPOCH)).unwrap();
            item.retain(|_, value| !value.is_null());
            assert!(format!("{item:?}").len() < 1000, "{item:?}");
            let read: PaymentRecord = serde_dynamo::from_item(item).unwrap();
            assert_eq!(Payment::try_from(read).unwrap(), payment);
        }
    }

    #[test]
    fn an_item_that_lacks_an_attribute_is_a_defect() {
        let customer_id = UserId::from_uuid(Uuid::from_u128(1));
        for phase in [
            Phase::Requested,
            Phase::Authorizing,
            Phase::ActionRequired,
            Phase::Authorized,
            Phase::Declined,
            Phase::Captured,
            Phase::Voided,
        ] {
            let mut record = PaymentRecord::empty(customer_id, phase, Timestamp::UNIX_EPOCH);
            assert!(Payment::try_from(record.clone()).is_err(), "{phase:?}");
            record.total = Some(1);
            record.currency = Some(Currency::EUR);
            assert!(Payment::try_from(record).is_err(), "{phase:?}");
        }
    }
}
