//! Decides whether a message that its recipient wants may go out.
//!
//! Counters are spent once a message is claimed and about to go, and not again when it is tried again. What may not go stays in
//! the inbox, and its outcome says why.

use ::store::{Commit, StoreError, Table};
use contracts::{Cause, Envelope};
use kernel::{MessageId, OrderId, Timestamp, UserId};

use crate::app::InboxApp;
use crate::domain::{Frequency, Notice, Parcel, Rule, Withheld, is_sampled, is_worth_a_text};
use crate::store::budgets::{MAILS_BY_PERSON, TEXTS_BY_NUMBER, TEXTS_BY_PERSON, TEXTS_OF_APPROVALS, spend};
use crate::store::{AUDIENCE_KEPT_FOR, ToldDelay, expiry, told_delay_key};

/// One message that is about to go.
#[derive(Debug, Clone, Copy)]
pub struct Candidate<'a> {
    /// What caused it.
    pub event: &'a Envelope,
    /// In which invocation.
    pub cause: &'a Cause,
    /// What it tells.
    pub notice: &'a Notice,
    /// How.
    pub rule: &'a Rule,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The message over its channel.
    pub message_id: MessageId,
    /// To whom.
    pub user_id: UserId,
}

/// Counts a message that is about to go; or says why it may not.
///
/// # Errors
/// When the table does not answer.
pub async fn withhold(
    app: &InboxApp,
    message: &Candidate<'_>,
    parcel: &Parcel,
) -> Result<Option<Withheld>, StoreError> {
    let (table, now) = (&app.table, message.cause.now);
    let user_id = message.user_id.to_string();
    let is_counted = message.rule.frequency == Frequency::Any;
    let Parcel::Sms { to, market, .. } = parcel else {
        let is_spent = is_counted && !spend(table, &MAILS_BY_PERSON, &user_id, now).await?;
        return Ok(is_spent.then_some(Withheld::PersonBudget));
    };
    let market = *market;
    if !app.served_countries.include(market) {
        return Ok(Some(Withheld::Country));
    }
    if app.market_budget.is_spent(market, now) {
        return Ok(Some(Withheld::MarketBudget));
    }
    if was_told(table, message).await? {
        return Ok(Some(Withheld::Coalesced));
    }
    if is_counted && !spend(table, &TEXTS_BY_PERSON, &user_id, now).await? {
        return Ok(Some(Withheld::PersonBudget));
    }
    if !spend(table, &TEXTS_BY_NUMBER, to, now).await? {
        return Ok(Some(Withheld::NumberBudget));
    }
    if is_sampled(message.message_id) && !app.market_budget.spend(table, market, now).await? {
        return Ok(Some(Withheld::MarketBudget));
    }
    Ok(None)
}

/// Whether a recent text said as much. If not, this one is noted as told.
async fn was_told(table: &Table, message: &Candidate<'_>) -> Result<bool, StoreError> {
    match (message.notice, message.order_id) {
        (Notice::PaymentActionRequired { .. }, _) => {
            let user_id = message.user_id.to_string();
            Ok(!spend(table, &TEXTS_OF_APPROVALS, &user_id, message.cause.now).await?)
        }
        (Notice::OrderDelayed { ready_at, .. }, Some(order_id)) => {
            was_delay_told(table, message, order_id, *ready_at).await
        }
        _ => Ok(false),
    }
}

async fn was_delay_told(
    table: &Table,
    message: &Candidate<'_>,
    order_id: OrderId,
    ready_at: Timestamp,
) -> Result<bool, StoreError> {
    let key = told_delay_key(order_id);
    let now = message.cause.now;
    let told = table.get::<ToldDelay>(&key).await?;
    let last = told.as_ref().map(|told| (told.value.told_at, told.value.ready_at));
    let is_later = told
        .as_ref()
        .is_none_or(|told| told.value.sequence < message.event.sequence);
    if !is_later || !is_worth_a_text(last, ready_at, now) {
        return Ok(true);
    }
    let record = ToldDelay {
        sequence: message.event.sequence,
        ready_at,
        told_at: now,
        expires_at: expiry(now, AUDIENCE_KEPT_FOR),
    };
    let commit = Commit::new(message.cause).also_write(&key, told.as_ref(), &record);
    // If it is overtaken, another text about the same order goes out at this moment.
    Ok(!table.commit_if_current(commit).await?)
}
