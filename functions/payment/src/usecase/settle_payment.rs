//! Carries a command through: decide, ask the provider, record what it shows, until there is nothing left to do.
//!
//! Before the provider is asked for anything that can move money, the intent it is asked about is committed. So a crash
//! at any point, a lost reply or a repeated message finds the same intent again, and the provider itself sees to it that
//! one intent reserves once and charges once.

use ::store::{Attempts, Commit, CommitError, Freshness, StoreError};
use contracts::Cause;
use kernel::{Money, PaymentId, PaymentMethodId, UserId};
use runtime::{Consumed, Done, HandlerError};

use crate::app::App;
use crate::domain::{
    Attempt, Card, Command, Decision, Event, IntentId, IntentStatus, Observation, ProviderRequest, Rejection, State,
    VoidReason, decide,
};
use crate::publish::{self, order_of, told};
use crate::store::{Loaded, MethodRecord, Payment, append, load_fresh, method_key};
use crate::stripe::{self, Intent, NewIntent};

/// Steps of one command at most: a first payment takes six, and a lost race two more.
const STEPS_MAX: usize = 20;

/// Which payment, and whose if that is known.
#[derive(Debug, Clone, Copy)]
pub struct Subject {
    /// The payment.
    pub payment_id: PaymentId,
    /// The order's customer, if an order's event brings the command.
    pub customer_id: Option<UserId>,
}

/// How far a command got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// There is nothing left to do.
    Done,
    /// The provider has not made up its mind: look again later.
    Open,
    /// The provider refuses to do it, and would again.
    Refused(String),
}

/// Why a command was not carried through.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// The rules say no.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The table.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The provider.
    #[error(transparent)]
    Provider(#[from] stripe::Failure),
}

/// The provider's answer to a request.
struct Answer {
    command: Command,
    /// What it said if it did not do as asked.
    refusal: Option<String>,
}

/// What the next decision is about.
enum Pending {
    /// The command itself. `answered`: the request that it led to before, whose answer changed nothing.
    Command {
        answered: Option<(ProviderRequest, Answer)>,
    },
    /// The provider's answer to a request, which is a command as well.
    Answer {
        request: ProviderRequest,
        answer: Answer,
        /// Somebody else changed the payment since the provider answered.
        is_overtaken: bool,
    },
}

/// What is known of the payment before the next decision.
enum Known {
    /// It must be read, as fresh as this.
    Unread(Freshness),
    /// Nothing was heard of it yet: assumed, so the commit finds out.
    Assumed,
    /// It is what the run has read or committed itself.
    Read(Option<Loaded>),
}

/// One command on its way.
struct PaymentRun<'a> {
    app: &'a App,
    subject: Subject,
    cause: &'a Cause,
    /// The event whose consumption is marked by the first commit.
    mark: Option<&'a str>,
    /// This very run recorded the request, so no intent can be there yet.
    first: bool,
    /// This very run made the intent, so it cannot be confirmed yet.
    made: Option<IntentId>,
}

/// Carries a command through. `mark`: the id of an event that may change something once.
///
/// # Errors
/// See [`Failure`]; what was committed until then stands, and the same command goes on from there.
pub async fn settle_payment(
    app: &App,
    subject: Subject,
    command: &Command,
    cause: &Cause,
    mark: Option<&str>,
) -> Result<Progress, Failure> {
    let mut run = PaymentRun {
        app,
        subject,
        cause,
        mark,
        first: false,
        made: None,
    };
    // A request is nearly always the first that is heard of a payment: writing without reading finds out.
    let mut known = if matches!(command, Command::Request { .. }) {
        Known::Assumed
    } else {
        Known::Unread(Freshness::Recent)
    };
    // What is observed is mostly known already, and then nothing follows.
    let observes = matches!(command, Command::Observe(_));
    let mut pending = Pending::Command { answered: None };
    let mut attempts = Attempts::default();
    for _ in 0..STEPS_MAX {
        let (payment, is_recent) = run.look(known).await?;
        known = Known::Unread(Freshness::Latest);
        let state = payment.as_ref().map(|loaded| &loaded.payment.state);
        let current = pending.command(command);
        tracing::debug!(payment.id = %subject.payment_id, payment.state = state.map(State::name), command = current.name(), "a step");
        let decision = match decide(state, current) {
            // A commit is conditional on what was read; whatever else follows must hold against the latest state.
            Ok(Decision::Ask(_)) | Err(_) if is_recent => continue,
            Ok(Decision::Nothing) if is_recent && !observes => continue,
            // An old answer contradicts what has been recorded since: the command itself decides.
            Err(_) if matches!(pending, Pending::Answer { is_overtaken: true, .. }) => Decision::Nothing,
            decision => decision?,
        };
        match decision {
            Decision::Become { state, event } => match run.commit(payment.as_ref(), state, event.as_ref()).await {
                // A settlement can always be postponed once more.
                Ok(_) if matches!(command, Command::Postpone { .. }) => return Ok(Progress::Done),
                Ok(stored) => {
                    run.cancel_declined(&stored).await;
                    known = Known::Read(Some(stored));
                    pending = Pending::Command { answered: None };
                }
                Err(CommitError::Duplicate) => return Ok(Progress::Done),
                Err(CommitError::Conflict) => {
                    pending.overtake();
                    attempts.next().await?;
                }
                Err(error) => return Err(StoreError::from(error).into()),
            },
            Decision::Ask(request) => {
                if pending.last_request() == Some(&request) {
                    return Ok(pending.stalled());
                }
                let answer = run.ask(&request).await?;
                known = Known::Read(payment);
                pending = Pending::Answer {
                    request,
                    answer,
                    is_overtaken: false,
                };
            }
            Decision::Nothing => match pending {
                Pending::Command { .. } => return Ok(Progress::Done),
                // The answer is no news. Either somebody else has recorded it, or nothing has moved.
                Pending::Answer { request, answer, .. } => {
                    let answered = Some((request, answer));
                    pending = Pending::Command { answered };
                }
            },
        }
    }
    Err(StoreError::Contended(u32::try_from(STEPS_MAX).unwrap_or(u32::MAX)).into())
}

impl Pending {
    /// What is to be decided.
    const fn command<'a>(&'a self, command: &'a Command) -> &'a Command {
        match self {
            Self::Command { .. } => command,
            Self::Answer { answer, .. } => &answer.command,
        }
    }

    fn overtake(&mut self) {
        if let Self::Answer { is_overtaken, .. } = self {
            *is_overtaken = true;
        }
    }

    /// What was asked of the provider since the last commit.
    const fn last_request(&self) -> Option<&ProviderRequest> {
        match self {
            Self::Command { answered: None } => None,
            Self::Command {
                answered: Some((request, _)),
            }
            | Self::Answer { request, .. } => Some(request),
        }
    }

    /// The same would be asked again: the provider did not do it.
    fn stalled(self) -> Progress {
        let answer = match self {
            Self::Command { answered } => answered.map(|(_, answer)| answer),
            Self::Answer { answer, .. } => Some(answer),
        };
        let Some(Answer { command, refusal }) = answer else {
            return Progress::Open;
        };
        let deciding = matches!(&command, Command::Observe(seen) if seen.status == IntentStatus::Processing);
        match refusal {
            Some(refusal) if !deciding => Progress::Refused(refusal),
            Some(_) | None => Progress::Open,
        }
    }
}

/// What becomes of the message that brought a command.
///
/// # Errors
/// Unless the command was carried through.
pub fn consumed(result: Result<Progress, Failure>) -> Consumed {
    match result {
        Ok(Progress::Done) => Ok(Done),
        Ok(Progress::Open) => Err(HandlerError::Retry(
            "the payment provider has not decided yet".to_owned(),
        )),
        Ok(Progress::Refused(reason)) => Err(HandlerError::Park(reason)),
        Err(Failure::Store(error)) => Err(error.into()),
        Err(Failure::Rejected(rejection @ Rejection::Premature { .. })) => {
            Err(HandlerError::Retry(rejection.to_string()))
        }
        Err(Failure::Rejected(rejection)) => Err(HandlerError::Park(rejection.to_string())),
        Err(Failure::Provider(failure @ stripe::Failure::Unavailable(_))) => {
            Err(HandlerError::Retry(failure.to_string()))
        }
        Err(Failure::Provider(failure @ (stripe::Failure::Declined { .. } | stripe::Failure::Refused { .. }))) => {
            Err(HandlerError::Park(failure.to_string()))
        }
    }
}

impl PaymentRun<'_> {
    /// The payment, and whether it is only as it was a moment ago.
    async fn look(&mut self, known: Known) -> Result<(Option<Loaded>, bool), StoreError> {
        let freshness = match known {
            Known::Assumed => return Ok((None, true)),
            Known::Read(payment) => return Ok((payment, false)),
            Known::Unread(freshness) => freshness,
        };
        let loaded = load_fresh(&self.app.table, self.subject.payment_id, freshness).await?;
        if let Some(loaded) = &loaded {
            self.subject.customer_id = Some(loaded.payment.customer_id);
        }
        Ok((loaded, freshness == Freshness::Recent))
    }

    async fn commit(
        &mut self,
        before: Option<&Loaded>,
        state: State,
        event: Option<&Event>,
    ) -> Result<Loaded, CommitError> {
        let payment_id = self.subject.payment_id;
        let customer_id = before
            .map(|loaded| loaded.payment.customer_id)
            .or(self.subject.customer_id);
        let customer_id = customer_id.ok_or_else(|| StoreError::Corrupt("a payment without a customer".to_owned()))?;
        let after = Loaded {
            payment: Payment { customer_id, state },
            sequence: before.map_or(0, |loaded| loaded.sequence) + 1,
        };
        let cause = Cause {
            correlation_id: order_of(payment_id).to_string(),
            ..self.cause.clone()
        };
        let subject = publish::Subject {
            payment_id,
            customer_id,
            sequence: after.sequence,
            cause: &cause,
        };
        let published = event.map(|event| told(subject, event)).transpose();
        let published = published.map_err(StoreError::from)?;
        let mut commit = append(Commit::new(&cause), payment_id, &after, published);
        if let Some(mark) = self.mark {
            commit = commit.consumed(mark);
        }
        self.app.table.commit(commit).await?;
        self.mark = None;
        self.first |= matches!(after.payment.state, State::Requested { .. });
        Ok(after)
    }

    /// A declined intent could still be confirmed by whoever has its secret, with another card: it is cancelled. If that fails,
    /// or this process dies before, an authorisation that still comes is given back.
    async fn cancel_declined(&self, stored: &Loaded) {
        let State::Declined {
            attempt: Some(attempt), ..
        } = &stored.payment.state
        else {
            return;
        };
        if let Err(failure) = self.app.stripe.cancel(&attempt.intent).await {
            tracing::warn!(error = %failure, "a declined intent could not be cancelled");
        }
    }

    async fn ask(&mut self, request: &ProviderRequest) -> Result<Answer, Failure> {
        let stripe = &self.app.stripe;
        match request {
            ProviderRequest::Prepare { total, method } => self.prepare(*total, *method).await,
            ProviderRequest::Confirm(intent) if self.made.as_ref() == Some(intent) => {
                self.judge(intent, stripe.confirm(intent).await, VoidReason::OrderEnded)
                    .await
            }
            ProviderRequest::Confirm(intent) => {
                // It may have been confirmed before, and the reply lost.
                let found = stripe.retrieve(intent).await?;
                if found.intent_status()? == IntentStatus::Unconfirmed {
                    self.judge(intent, stripe.confirm(intent).await, VoidReason::OrderEnded)
                        .await
                } else {
                    self.judge(intent, Ok(found), VoidReason::OrderEnded).await
                }
            }
            ProviderRequest::Look(intent) => {
                self.judge(intent, stripe.retrieve(intent).await, VoidReason::OrderEnded)
                    .await
            }
            ProviderRequest::Cancel { intent, reason } => {
                self.judge(intent, stripe.cancel(intent).await, *reason).await
            }
            ProviderRequest::Capture { intent, amount } => {
                self.judge(intent, stripe.capture(intent, *amount).await, VoidReason::OrderEnded)
                    .await
            }
        }
    }

    /// Finds the payment's intent or makes it. It is not confirmed before its id is committed.
    async fn prepare(&mut self, total: Money, method: PaymentMethodId) -> Result<Answer, Failure> {
        let refuse = |reason: &str| {
            let reason = reason.to_owned();
            Ok(Answer {
                command: Command::Refuse { reason },
                refusal: None,
            })
        };
        let Some(method) = self.method(method).await? else {
            return refuse("payment_method_missing");
        };
        let found = if self.first {
            Ok(None)
        } else {
            let customer = &method.provider_customer;
            self.app.stripe.find_intent(self.subject.payment_id, customer).await
        };
        let intent = match found {
            Ok(Some(intent)) => Ok(intent),
            Ok(None) => self.make(total, &method).await,
            Err(failure) => Err(failure),
        };
        let intent = match intent {
            Ok(intent) => intent,
            Err(failure) => return failure.unusable().map_or_else(|| Err(failure.clone().into()), refuse),
        };
        let card = Card {
            brand: method.brand,
            last4: method.last4,
        };
        let command = Command::Prepare(Attempt {
            intent: intent.intent_id(),
            card,
        });
        Ok(Answer { command, refusal: None })
    }

    async fn make(&mut self, total: Money, method: &MethodRecord) -> Result<Intent, stripe::Failure> {
        let payment_id = self.subject.payment_id;
        let new = NewIntent {
            payment_id,
            order_id: order_of(payment_id),
            customer: &method.provider_customer,
            method: &method.provider_method,
            total,
        };
        let intent = self.app.stripe.create_intent(&new).await?;
        self.made = Some(intent.intent_id());
        Ok(intent)
    }

    /// The saved card, if it is the customer's and still there.
    async fn method(&self, method: PaymentMethodId) -> Result<Option<MethodRecord>, StoreError> {
        let Some(customer_id) = self.subject.customer_id else {
            return Ok(None);
        };
        let (table, key) = (&self.app.table, method_key(customer_id, method));
        let mut stored = table.get_fresh::<MethodRecord>(&key, Freshness::Recent).await?;
        if stored.is_none() {
            // It may have been saved a moment ago.
            stored = table.get(&key).await?;
        }
        Ok(stored.map(|stored| stored.value))
    }

    /// Turns the provider's answer about an intent into what was seen of it. After a refusal it is looked at: it may be
    /// that somebody else has done it.
    async fn judge(
        &self,
        intent: &IntentId,
        answer: Result<Intent, stripe::Failure>,
        void_reason: VoidReason,
    ) -> Result<Answer, Failure> {
        let (shown, refusal) = match answer {
            Ok(shown) => (shown, None),
            Err(failure @ stripe::Failure::Unavailable(_)) => return Err(failure.into()),
            Err(failure @ (stripe::Failure::Declined { .. } | stripe::Failure::Refused { .. })) => {
                (self.app.stripe.retrieve(intent).await?, Some(failure.to_string()))
            }
        };
        let observation = Observation {
            intent: intent.clone(),
            status: shown.intent_status()?,
            void_reason: shown.lapsed().unwrap_or(void_reason),
        };
        Ok(Answer {
            command: Command::Observe(observation),
            refusal,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_outcome_chooses_between_done_retry_and_park() {
        let text = || "why".to_owned();
        let premature = Rejection::Premature {
            command: "charge",
            state: "authorizing",
        };
        let contradiction = Rejection::Contradiction {
            status: "captured",
            state: "voided",
        };
        let refused = stripe::Failure::Refused {
            status: 400,
            code: text(),
            message: text(),
        };
        for (result, choice) in [
            (Ok(Progress::Done), "done"),
            (Ok(Progress::Open), "retry"),
            (Ok(Progress::Refused(text())), "park"),
            (Err(Failure::Rejected(premature)), "retry"),
            (Err(Failure::Rejected(contradiction)), "park"),
            (Err(Failure::Store(StoreError::Unavailable(text()))), "retry"),
            (Err(Failure::Store(StoreError::Corrupt(text()))), "park"),
            (Err(Failure::Provider(stripe::Failure::Unavailable(text()))), "retry"),
            (
                Err(Failure::Provider(stripe::Failure::Declined { code: text() })),
                "park",
            ),
            (Err(Failure::Provider(refused)), "park"),
        ] {
            let label = format!("{result:?}");
            let chosen = match consumed(result) {
                Ok(Done) => "done",
                Err(HandlerError::Retry(_)) => "retry",
                Err(HandlerError::Park(_)) => "park",
            };
            assert_eq!(chosen, choice, "{label}");
        }
    }
}
