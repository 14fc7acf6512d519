//! What others hear of a payment, and the deadlines that go with it.

use ::store::Commit;
use contracts::payment::{ActionRequired, Authorized, Captured, Declined, Voided};
use contracts::{Cause, Envelope, Timer};
use kernel::{OrderId, PaymentId, SignedDuration, TypedId as _, UserId};

use crate::domain::{EXPIRY_MARGIN, Event};
use crate::store::void_reason;

/// The timer that gives a reservation back before it lapses.
pub const AUTHORIZATION_EXPIRING: &str = "authorization_expiring";
/// The timer that looks whether the customer has approved: the webhook says it sooner, unless it is lost.
pub const APPROVAL_CHECK: &str = "approval_check";
/// When it is looked: often while the customer is at it, until the order's own deadline.
const APPROVAL_CHECKS_AFTER_SECONDS: [i64; 9] = [5, 10, 20, 40, 80, 160, 300, 600, 870];

/// The order that a payment is for: it has the order's UUID.
#[must_use]
pub fn order_of(payment_id: PaymentId) -> OrderId {
    OrderId::from_uuid(payment_id.uuid())
}

/// Adds an event to the commit of what it tells.
#[must_use]
pub fn publish(commit: Commit, cause: &Cause, payment_id: PaymentId, customer_id: UserId, event: &Event) -> Commit {
    let order_id = order_of(payment_id);
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
            commit.event_with_timers(&payload, |envelope| {
                vec![timer(AUTHORIZATION_EXPIRING, envelope, expires_at - EXPIRY_MARGIN)]
            })
        }
        Event::ActionRequired => {
            let payload = ActionRequired {
                payment_id,
                order_id,
                customer_id,
            };
            let due_at = |seconds| cause.now + SignedDuration::from_secs(seconds);
            commit.event_with_timers(&payload, |envelope| {
                APPROVAL_CHECKS_AFTER_SECONDS
                    .map(|seconds| timer(APPROVAL_CHECK, envelope, due_at(seconds)))
                    .to_vec()
            })
        }
        Event::Declined { reason } => commit.event(&Declined {
            payment_id,
            order_id,
            customer_id,
            reason: reason.clone(),
        }),
        Event::Captured { amount } => commit.event(&Captured {
            payment_id,
            order_id,
            customer_id,
            amount: *amount,
        }),
        Event::Voided { reason } => commit.event(&Voided {
            payment_id,
            order_id,
            customer_id,
            reason: void_reason(*reason).to_owned(),
        }),
    }
}

fn timer(name: &str, envelope: &Envelope, due_at: kernel::Timestamp) -> Timer {
    Timer {
        name: name.to_owned(),
        subject: envelope.subject.clone(),
        sequence: envelope.sequence,
        due_at,
        correlationid: envelope.correlationid.clone(),
    }
}
