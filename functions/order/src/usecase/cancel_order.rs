//! An order is cancelled on terms that the party has agreed to.

use ::store::{ChangeError, Commit, CommitError, StoreError};
use contracts::Cause;
use kernel::Money;

use super::advance_order::advance;
use crate::app::App;
use crate::domain::decide::Costs;
use crate::domain::{CancelReason, Command, Party, Rejection, cancellation};
use crate::store::{Loaded, TermsRecord, show_terms, terms_key};

/// What cancelling an order as it was read would cost a party; `None` if it may not. What a customer is shown is remembered:
/// whoever then cancels agrees to that and to no more.
///
/// # Errors
/// When the table does not answer.
pub async fn show_cancellation(
    app: &App,
    loaded: &Loaded,
    by: Party,
    cause: &Cause,
) -> Result<Option<Costs>, CommitError> {
    let costs = cancellation(&loaded.order, by);
    if let Some(costs) = costs.filter(|_| by == Party::Customer) {
        let commit = show_terms(Commit::new(cause), loaded.order.id, costs.fee, cause.now);
        app.table.commit(commit).await?;
    }
    Ok(costs)
}

/// Cancels an order as it was read, and returns the order after it. `fee`: what the party agrees to pay; without it, what a
/// customer was last shown, or else what cancelling costs now.
///
/// # Errors
/// As for [`advance`]; [`Rejection::TermsChanged`] when it costs more than was agreed to.
pub async fn cancel_order(
    app: &App,
    loaded: Loaded,
    by: Party,
    reason: CancelReason,
    fee: Option<Money>,
    cause: &Cause,
) -> Result<Loaded, ChangeError<Rejection>> {
    // Only customers ever pay for cancelling.
    let agreed = match (by, fee) {
        (Party::Customer, None) => agreed_fee(app, &loaded).await?,
        (Party::Customer, fee) => fee,
        (
            Party::Restaurant | Party::Courier | Party::Operator | Party::Payment | Party::Delivery | Party::Platform,
            _,
        ) => None,
    };
    advance(app, loaded, &Command::Cancel { reason, agreed }, by, cause).await
}

/// The fee that a customer was last shown, or else the one that holds now.
async fn agreed_fee(app: &App, loaded: &Loaded) -> Result<Option<Money>, StoreError> {
    let shown = app.table.get::<TermsRecord>(&terms_key(loaded.order.id)).await?;
    Ok(match shown {
        Some(shown) => Some(shown.value.fee),
        None => cancellation(&loaded.order, Party::Customer).map(|costs| costs.fee),
    })
}
