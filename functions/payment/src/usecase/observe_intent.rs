//! Something may have happened to an intent: the provider shows what.

use ::store::StoreError;
use contracts::Cause;
use kernel::PaymentId;

use super::settle_payment::{Failure, Progress, Subject, settle_payment};
use crate::app::App;
use crate::domain::{Command, IntentId, IntentStatus, Observation, VoidReason};
use crate::store::load;
use crate::stripe;

/// Why what the provider shows was not recorded.
#[derive(Debug, thiserror::Error)]
pub enum ObserveError {
    /// What the provider shows cannot be; a person must look.
    #[error("{0}")]
    Contradiction(String),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The provider.
    #[error(transparent)]
    Provider(#[from] stripe::Failure),
}

/// Asks the provider how an intent stands, and records it. An intent of no payment is passed over. `mark`: the id of the event
/// that said that something happened.
///
/// # Errors
/// See [`ObserveError`].
pub async fn observe_intent(app: &App, intent: IntentId, mark: &str, cause: &Cause) -> Result<(), ObserveError> {
    let shown = match app.stripe.retrieve(&intent).await {
        Ok(shown) => shown,
        // Not of this account, or of a test that is over.
        Err(stripe::Failure::Refused { status: 404, .. }) => return Ok(()),
        Err(failure) => return Err(failure.into()),
    };
    let Some(payment_id) = shown.payment_id() else {
        return Ok(());
    };
    let status = shown.intent_status()?;
    let void_reason = match shown.lapsed() {
        Some(reason) => reason,
        None if status == IntentStatus::Canceled => likely_void_reason(app, payment_id, cause).await?,
        None => VoidReason::OrderEnded,
    };
    let observation = Observation {
        intent,
        status,
        void_reason,
    };
    let subject = Subject {
        payment_id,
        customer_id: None,
    };
    match settle_payment(app, subject, &Command::Observe(observation), cause, Some(mark)).await {
        Ok(Progress::Done | Progress::Open) => Ok(()),
        Ok(Progress::Refused(reason)) => Err(ObserveError::Contradiction(reason)),
        Err(Failure::Rejected(rejection)) => Err(ObserveError::Contradiction(rejection.to_string())),
        Err(Failure::Store(error)) => Err(error.into()),
        Err(Failure::Provider(failure)) => Err(failure.into()),
    }
}

async fn likely_void_reason(app: &App, payment_id: PaymentId, cause: &Cause) -> Result<VoidReason, StoreError> {
    let loaded = load(&app.table, payment_id).await?;
    Ok(loaded.map_or(VoidReason::OrderEnded, |loaded| {
        loaded.payment.state.likely_void_reason(cause.now)
    }))
}
