//! Carries a command through: decide, ask the provider, record what it shows, until there is nothing left to do.
//!
//! Before the provider is asked for anything that can move money, the intent it is asked about is committed. So a crash
//! at any point, a lost reply or a repeated message finds the same intent again, and the provider itself sees to it that
//! one intent reserves once and charges once.

use ::store::{Attempts, Commit, CommitError, Freshness, StoreError};
use contracts::Cause;
use kernel::{Money, PaymentId, PaymentMethodId, UserId};

use crate::app::App;
use crate::domain::{
    Ask, Attempt, Card, Command, Decision, Event, IntentId, Observation, Rejection, Standing, State, VoidReason, decide,
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

/// The provider's answer to an ask.
struct Answer {
    command: Command,
    /// What it said if it did not do as asked.
    refusal: Option<String>,
}

/// One command on its way.
struct Errand<'a> {
    app: &'a App,
    subject: Subject,
    cause: &'a Cause,
    /// The event whose consumption is marked by the first commit.
    mark: Option<&'a str>,
    /// This very errand recorded the request, so no intent can be there yet.
    first: bool,
    /// This very errand made the intent, so it cannot be confirmed yet.
    made: Option<IntentId>,
}

/// Carries a command through. `mark`: the id of an event that may change something once.
///
/// # Errors
/// See [`Failure`]; what was committed until then stands, and the same command goes on from there.
pub async fn carry_out(
    app: &App,
    subject: Subject,
    command: &Command,
    cause: &Cause,
    mark: Option<&str>,
) -> Result<Progress, Failure> {
    let mut errand = Errand {
        app,
        subject,
        cause,
        mark,
        first: false,
        made: None,
    };
    // A request is nearly always the first that is heard of a payment: writing without reading finds out.
    let mut held = matches!(command, Command::Request { .. }).then_some(None);
    let mut current = command.clone();
    let mut asked: Option<(Ask, Answer)> = None;
    // Somebody else changed the payment since the provider answered.
    let mut overtaken = false;
    // A commit is conditional on what was read. Whatever else follows must hold against the latest state; only what is
    // observed is mostly known already, and then nothing follows.
    let mut freshness = Freshness::Recent;
    let observes = matches!(command, Command::Observe(_));
    let mut attempts = Attempts::default();
    for _ in 0..STEPS_MAX {
        let payment = match held.take() {
            Some(payment) => payment,
            None => errand.load(freshness).await?,
        };
        let is_recent = std::mem::replace(&mut freshness, Freshness::Latest) == Freshness::Recent;
        let state = payment.as_ref().map(|loaded| &loaded.payment.state);
        tracing::debug!(payment.id = %subject.payment_id, payment.state = state.map(State::name), command = current.name(), "a step");
        let decision = match decide(state, &current) {
            Ok(Decision::Ask(_)) | Err(_) if is_recent => continue,
            Ok(Decision::Nothing) if is_recent && !observes => continue,
            // An old answer contradicts what has been recorded since: the command itself decides.
            Err(_) if overtaken && current != *command => Decision::Nothing,
            decision => decision?,
        };
        match decision {
            Decision::Become { state, event } => match errand.commit(payment.as_ref(), state, event.as_ref()).await {
                Ok(stored) => {
                    if let State::Declined {
                        attempt: Some(attempt), ..
                    } = &stored.payment.state
                    {
                        errand.bury(&attempt.intent).await;
                    }
                    held = Some(Some(stored));
                    current = command.clone();
                    asked = None;
                }
                Err(CommitError::Duplicate) => return Ok(Progress::Done),
                Err(CommitError::Conflict) => {
                    overtaken = true;
                    attempts.next().await?;
                }
                Err(CommitError::Store(error)) => return Err(error.into()),
                Err(error @ (CommitError::KeyTaken(_) | CommitError::Refused(_))) => {
                    return Err(StoreError::Corrupt(error.to_string()).into());
                }
            },
            Decision::Ask(ask) => {
                if let Some((_, answer)) = asked.take_if(|(before, _)| *before == ask) {
                    return Ok(stalled(answer));
                }
                let answer = errand.ask(&ask).await?;
                current = answer.command.clone();
                asked = Some((ask, answer));
                held = Some(payment);
                overtaken = false;
            }
            Decision::Nothing if current == *command => return Ok(Progress::Done),
            // The answer is no news. Either somebody else has recorded it, or nothing has moved.
            Decision::Nothing => current = command.clone(),
        }
    }
    Err(StoreError::Contended(u32::try_from(STEPS_MAX).unwrap_or(u32::MAX)).into())
}

/// The same would be asked again: the provider did not do it.
fn stalled(answer: Answer) -> Progress {
    let deciding = matches!(&answer.command, Command::Observe(seen) if seen.standing == Standing::Processing);
    match answer.refusal {
        Some(refusal) if !deciding => Progress::Refused(refusal),
        Some(_) | None => Progress::Open,
    }
}

impl Errand<'_> {
    async fn load(&mut self, freshness: Freshness) -> Result<Option<Loaded>, StoreError> {
        let loaded = load_fresh(&self.app.table, self.subject.payment_id, freshness).await?;
        if let Some(loaded) = &loaded {
            self.subject.customer_id = Some(loaded.payment.customer_id);
        }
        Ok(loaded)
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
    async fn bury(&self, intent: &IntentId) {
        if let Err(failure) = self.app.stripe.cancel(intent).await {
            tracing::warn!(error = %failure, "a declined intent could not be cancelled");
        }
    }

    async fn ask(&mut self, ask: &Ask) -> Result<Answer, Failure> {
        let stripe = &self.app.stripe;
        match ask {
            Ask::Prepare { total, method } => self.prepare(*total, *method).await,
            Ask::Confirm(intent) if self.made.as_ref() == Some(intent) => {
                self.judge(intent, stripe.confirm(intent).await, VoidReason::OrderEnded)
                    .await
            }
            Ask::Confirm(intent) => {
                // It may have been confirmed before, and the reply lost.
                let found = stripe.retrieve(intent).await?;
                if found.standing()? == Standing::Unconfirmed {
                    self.judge(intent, stripe.confirm(intent).await, VoidReason::OrderEnded)
                        .await
                } else {
                    self.judge(intent, Ok(found), VoidReason::OrderEnded).await
                }
            }
            Ask::Look(intent) => {
                self.judge(intent, stripe.retrieve(intent).await, VoidReason::OrderEnded)
                    .await
            }
            Ask::Cancel { intent, reason } => self.judge(intent, stripe.cancel(intent).await, *reason).await,
            Ask::Capture { intent, amount } => {
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
            standing: shown.standing()?,
            void_reason: shown.lapsed().unwrap_or(void_reason),
        };
        Ok(Answer {
            command: Command::Observe(observation),
            refusal,
        })
    }
}
