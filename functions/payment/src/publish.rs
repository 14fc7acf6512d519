//! What others hear of a payment, and the deadlines that go with it.

use ::store::Published;
use contracts::payment::{ActionRequired, Authorized, Captured, Declined, Settling, Stalled, Voided};
use contracts::vocabulary::Settlement;
use contracts::{Cause, Contract, Envelope, MalformedEnvelope, Timer};
use kernel::{Money, OrderId, PaymentId, SignedDuration, Timestamp, TypedId as _, UserId};

use crate::domain::{EXPIRY_MARGIN, Event};

/// The timer that gives a reservation back before it lapses.
pub const AUTHORIZATION_EXPIRING: &str = "authorization_expiring";
/// The timer that looks whether the customer has approved: the webhook says it sooner, unless it is lost.
pub const APPROVAL_CHECK: &str = "approval_check";
/// The timer that tries a settlement again.
pub const SETTLEMENT_RETRY: &str = "settlement_retry";
/// When it is looked: often while the customer is at it, until the order's own deadline.
const APPROVAL_CHECKS_AFTER_SECONDS: [i64; 9] = [5, 10, 20, 40, 80, 160, 300, 600, 870];

/// The order that a payment is for: it has the order's UUID.
#[must_use]
pub fn order_of(payment_id: PaymentId) -> OrderId {
    OrderId::from_uuid(payment_id.uuid())
}

/// Which payment, and which of its steps.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The payment.
    pub payment_id: PaymentId,
    pub customer_id: UserId,
    /// The step.
    pub sequence: u32,
    /// What led to it.
    pub cause: &'a Cause,
}

impl Subject<'_> {
    fn tell<C: Contract>(
        &self,
        payload: &C,
        timers: impl FnOnce(&Envelope) -> Vec<Timer>,
    ) -> Result<Published, MalformedEnvelope> {
        let envelope = Envelope::new(&self.payment_id.to_string(), self.sequence, self.cause, payload)?;
        let timers = timers(&envelope);
        Ok(Published { envelope, timers })
    }
}

/// An event as it is published.
///
/// # Errors
/// When the payload cannot be written.
pub fn told(subject: Subject<'_>, event: &Event) -> Result<Published, MalformedEnvelope> {
    let Subject {
        payment_id,
        customer_id,
        ..
    } = subject;
    let order_id = order_of(payment_id);
    let nothing = |_: &Envelope| Vec::new();
    match event {
        Event::Authorized { amount, expires_at } => {
            let (amount, expires_at) = (*amount, *expires_at);
            let payload = Authorized {
                payment_id,
                order_id,
                customer_id,
                amount,
                expires_at,
            };
            subject.tell(&payload, |envelope| {
                vec![timer(AUTHORIZATION_EXPIRING, envelope, expires_at - EXPIRY_MARGIN)]
            })
        }
        Event::ActionRequired => action_required(subject),
        Event::Declined { reason } => subject.tell(
            &Declined {
                payment_id,
                order_id,
                customer_id,
                reason: reason.clone(),
            },
            nothing,
        ),
        Event::Captured { amount } => subject.tell(
            &Captured {
                payment_id,
                order_id,
                customer_id,
                amount: *amount,
            },
            nothing,
        ),
        Event::Settling {
            charge,
            tries,
            retry_at,
        } => settling(subject, *charge, *tries, *retry_at),
        Event::Stalled {
            charge,
            since,
            retry_at,
        } => stalled(subject, *charge, *since, *retry_at),
        Event::Voided { reason } => subject.tell(
            &Voided {
                payment_id,
                order_id,
                customer_id,
                reason: (*reason).into(),
            },
            nothing,
        ),
    }
}

fn action_required(subject: Subject<'_>) -> Result<Published, MalformedEnvelope> {
    let payload = ActionRequired {
        payment_id: subject.payment_id,
        order_id: order_of(subject.payment_id),
        customer_id: subject.customer_id,
    };
    let due_at = |seconds| subject.cause.now + SignedDuration::from_secs(seconds);
    subject.tell(&payload, |envelope| {
        APPROVAL_CHECKS_AFTER_SECONDS
            .map(|seconds| timer(APPROVAL_CHECK, envelope, due_at(seconds)))
            .to_vec()
    })
}

fn settling(
    subject: Subject<'_>,
    charge: Money,
    tries: u32,
    retry_at: Timestamp,
) -> Result<Published, MalformedEnvelope> {
    let payload = Settling {
        payment_id: subject.payment_id,
        order_id: order_of(subject.payment_id),
        charge,
        tries,
    };
    subject.tell(&payload, |envelope| vec![timer(SETTLEMENT_RETRY, envelope, retry_at)])
}

fn stalled(
    subject: Subject<'_>,
    charge: Money,
    since: Timestamp,
    retry_at: Option<Timestamp>,
) -> Result<Published, MalformedEnvelope> {
    let payload = Stalled {
        payment_id: subject.payment_id,
        order_id: order_of(subject.payment_id),
        customer_id: subject.customer_id,
        operation: if charge.is_zero() {
            Settlement::Release
        } else {
            Settlement::Capture
        }
        .into(),
        amount: charge,
        since,
    };
    subject.tell(&payload, |envelope| {
        let retry = retry_at.map(|retry_at| timer(SETTLEMENT_RETRY, envelope, retry_at));
        retry.into_iter().collect()
    })
}

fn timer(name: &str, envelope: &Envelope, due_at: Timestamp) -> Timer {
    Timer {
        name: name.to_owned(),
        subject: envelope.subject.clone(),
        sequence: envelope.sequence,
        due_at,
        correlationid: envelope.correlationid.clone(),
    }
}
