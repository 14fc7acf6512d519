//! What the table holds: payments and their events, and each person's saved cards.
//!
//! | pk | sk | what |
//! |---|---|---|
//! | `PAYMENT#<payment_id>` | `EVENT#<sequence>` | a step of the payment: its state after it, and the event that others hear, if any; GSI1 `SETTLING` if only a timer goes on from it |
//! | `USER#<user_id>` | `CUSTOMER` | the provider's id of the person |
//! | `USER#<user_id>` | `METHOD#<payment_method_id>` | a saved card |
//! | `INBOX#stripe/<event id>` | `MARKER` | a webhook that changed something |
//!
//! A payment is its steps: each item carries the state that the step led to. Writing step `n + 1`, which can be done once,
//! is the whole optimistic lock, so a step is one conditional put of one item instead of a transaction over two. Steps
//! that nobody else hears of, such as that the provider is about to be asked, have no envelope, and the relay passes them
//! over.

mod retrying;

use ::store::{Commit, EventLog, Freshness, Key, Published, StepItem, StoreError, Table};
use kernel::{Currency, Money, PaymentId, PaymentMethodId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

pub use retrying::{Retrying, retrying};
use retrying::{SETTLING, next_try};

use crate::domain::{Attempt, Card, IntentId, NextAction, State, VoidReason};

/// The sort key of a saved card begins with it.
pub const METHOD_PREFIX: &str = "METHOD#";

/// A payment as it is known here: whose it is, and its state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payment {
    pub customer_id: UserId,
    /// Its state.
    pub state: State,
}

/// A payment as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loaded {
    /// The payment.
    pub payment: Payment,
    /// Its last step.
    pub sequence: u32,
}

/// A payment after a step, as the step's item has it.
#[derive(Debug, Serialize)]
struct StateRecord {
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1pk: Option<&'static str>,
    /// When the next try is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    gsi1sk: Option<Timestamp>,
    #[serde(flatten)]
    payment: PaymentRecord,
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

/// A payment in an item: flat, and only what is true in its state.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct PaymentRecord {
    customer_id: UserId,
    state: Phase,
    currency: Option<Currency>,
    total: Option<i64>,
    captured: Option<i64>,
    charge: Option<i64>,
    since: Option<Timestamp>,
    tries: Option<u32>,
    told: Option<bool>,
    payment_method_id: Option<PaymentMethodId>,
    intent: Option<String>,
    brand: Option<String>,
    last4: Option<String>,
    action_url: Option<String>,
    action_secret: Option<String>,
    // Not `expires_at`: that is the attribute by which the table forgets items.
    #[serde(rename = "until")]
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
    Settling,
    Declined,
    Captured,
    Voided,
}

fn steps_partition(payment_id: PaymentId) -> String {
    format!("PAYMENT#{payment_id}")
}

/// Reads a payment.
///
/// # Errors
/// When the table does not answer or the item is no payment.
pub async fn load(table: &Table, payment_id: PaymentId) -> Result<Option<Loaded>, StoreError> {
    load_fresh(table, payment_id, Freshness::Latest).await
}

/// Reads a payment as fresh as it must be.
///
/// # Errors
/// As for [`load`].
pub async fn load_fresh(
    table: &Table,
    payment_id: PaymentId,
    freshness: Freshness,
) -> Result<Option<Loaded>, StoreError> {
    let Some(last) = log(payment_id).last::<PaymentRecord>(table, freshness).await? else {
        return Ok(None);
    };
    Ok(Some(Loaded {
        payment: last.state.try_into()?,
        sequence: last.sequence,
    }))
}

/// Adds a payment's step to a commit, if nobody else has. A step without `published` is not told to other services.
#[must_use]
pub fn append(commit: Commit, payment_id: PaymentId, after: &Loaded, published: Option<Published>) -> Commit {
    log(payment_id).append(commit, &step_item(after, published))
}

fn log(payment_id: PaymentId) -> EventLog {
    EventLog::new(steps_partition(payment_id))
}

fn step_item(after: &Loaded, published: Option<Published>) -> StepItem<StateRecord> {
    let timers = published.as_ref().map_or(&[][..], |published| &published.timers);
    let next_try = next_try(&after.payment.state, timers);
    let record = StateRecord {
        gsi1pk: next_try.map(|_| SETTLING),
        gsi1sk: next_try,
        payment: PaymentRecord::new(&after.payment),
    };
    StepItem::new(after.sequence, published, record)
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

impl PaymentRecord {
    fn new(payment: &Payment) -> Self {
        let mut record = Self::empty(payment.customer_id, Phase::Forestalled);
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
            State::Settling {
                charge,
                expires_at,
                since,
                tries,
                is_told,
                ..
            } => {
                record.charge = Some(charge.amount());
                record.authorized_until = Some(*expires_at);
                record.since = Some(*since);
                record.tries = Some(*tries);
                record.told = is_told.then_some(true);
                Phase::Settling
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
                record.reason = Some(reason.to_string());
                Phase::Voided
            }
        };
        record
    }

    const fn empty(customer_id: UserId, state: Phase) -> Self {
        Self {
            customer_id,
            state,
            currency: None,
            total: None,
            captured: None,
            charge: None,
            since: None,
            tries: None,
            told: None,
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
        self.reason.as_deref()?.parse().ok()
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
            Phase::Settling => State::Settling {
                total,
                attempt: attempt?,
                charge: Money::new(self.charge?, currency),
                expires_at: self.authorized_until?,
                since: self.since?,
                tries: self.tries?,
                is_told: self.told.unwrap_or_default(),
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
    use crate::domain::Event;
    use ::store::Step;
    use kernel::TypedId as _;
    use serde_dynamo::AttributeValue as Attribute;
    use uuid::Uuid;

    type Item = std::collections::HashMap<String, Attribute>;

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
            let item = item(&payment, None);
            assert!(bytes(&item) < 450, "{item:?}");
            let read: Step<PaymentRecord> = serde_dynamo::from_item(item).unwrap();
            assert_eq!(read.sequence, 4);
            assert_eq!(Payment::try_from(read.state).unwrap(), payment);
        }
    }

    /// As the table gets it.
    fn item(payment: &Payment, published: Option<Published>) -> Item {
        let record = step_item(&loaded(payment), published);
        let mut item: Item = serde_dynamo::to_item(record).unwrap();
        item.retain(|_, value| !matches!(value, Attribute::Null(_)));
        item
    }

    fn loaded(payment: &Payment) -> Loaded {
        Loaded {
            payment: payment.clone(),
            sequence: 4,
        }
    }

    /// A write unit is 1,024 bytes, names and values of all attributes: less what the key, the version and the put's token
    /// take.
    const ITEM_BYTES_MAX: usize = 1_024 - 106;

    /// As DynamoDB counts: a list or map takes 3, and 1 for each of its elements.
    fn bytes(item: &Item) -> usize {
        item.iter().map(|(name, value)| name.len() + value_bytes(value)).sum()
    }

    fn value_bytes(value: &Attribute) -> usize {
        match value {
            Attribute::S(text) | Attribute::N(text) => text.len(),
            Attribute::M(map) => 3 + map.len() + bytes(map),
            Attribute::L(list) => 3 + list.iter().map(|value| 1 + value_bytes(value)).sum::<usize>(),
            Attribute::Bool(_)
            | Attribute::B(_)
            | Attribute::Null(_)
            | Attribute::Ss(_)
            | Attribute::Ns(_)
            | Attribute::Bs(_) => unreachable!("a payment has no such attribute"),
        }
    }

    #[test]
    fn an_ordinary_step_fits_one_write_unit() {
        let now: Timestamp = "2026-11-20T12:00:00.123456Z".parse().unwrap();
        let cause = contracts::Cause {
            now,
            correlation_id: "ord_01h455vb4pex5vsknk084sn02q".to_owned(),
            causation_id: "0123456789abcdef0123456789abcdef".to_owned(),
            traceparent: Some("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01".to_owned()),
        };
        let customer_id = UserId::from_uuid(Uuid::from_u128(1));
        let subject = crate::publish::Subject {
            payment_id: PaymentId::from_uuid(Uuid::from_u128(7)),
            customer_id,
            sequence: 4,
            cause: &cause,
        };
        let amount = Money::new(123_456, Currency::EUR);
        let attempt = Attempt {
            intent: IntentId::new("pi_3MtwBwLkdIwHu7ix28a3tqPa".to_owned()),
            card: Card {
                brand: "mastercard".to_owned(),
                last4: "4242".to_owned(),
            },
        };
        // The provider counts in whole seconds.
        let expires_at: Timestamp = "2026-11-27T12:00:00Z".parse().unwrap();
        let authorized = State::Authorized {
            total: amount,
            attempt: attempt.clone(),
            expires_at,
        };
        let captured = State::Captured {
            total: amount,
            attempt,
            captured: amount,
        };
        let reserved = Event::Authorized { amount, expires_at };
        for (state, event) in [(authorized, reserved), (captured, Event::Captured { amount })] {
            let told = crate::publish::told(subject, &event).unwrap();
            let item = item(&Payment { customer_id, state }, Some(told));
            assert!(bytes(&item) <= ITEM_BYTES_MAX, "{} bytes: {item:?}", bytes(&item));
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
            Phase::Settling,
            Phase::Declined,
            Phase::Captured,
            Phase::Voided,
        ] {
            let mut record = PaymentRecord::empty(customer_id, phase);
            assert!(Payment::try_from(record.clone()).is_err(), "{phase:?}");
            record.total = Some(1);
            record.currency = Some(Currency::EUR);
            assert!(Payment::try_from(record).is_err(), "{phase:?}");
        }
    }
}
