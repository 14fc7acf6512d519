//! The transition table: what each command means in each state. The README's diagram and matrix are made from it.

use kernel::{Money, PaymentMethodId, Timestamp};

use super::{
    Attempt, Command, Decision, EXPIRY_MARGIN, Event, IntentStatus, NextAction, Observation, ProviderRequest,
    Rejection, STALLED_AFTER, State, VoidReason,
};

/// The name of a payment that does not exist yet.
const ABSENT: &str = "absent";

fn name(state: Option<&State>) -> &'static str {
    state.map_or(ABSENT, State::name)
}

/// Decides what a command leads to. No state: this service has heard nothing of the order yet.
///
/// # Errors
/// See [`Rejection`].
pub fn decide(state: Option<&State>, command: &Command) -> Result<Decision, Rejection> {
    match command {
        Command::Request { total, method } => request(state, *total, *method),
        Command::Settle { charge, now } => settle(state, *charge, *now),
        Command::Prepare(attempt) => prepare(state, attempt),
        Command::Refuse { reason } => refuse(state, reason),
        Command::Observe(observation) => observe(state, observation),
        Command::Check => Ok(check(state)),
        Command::Retry => Ok(retry(state)),
        Command::Postpone { now } => Ok(postpone(state, *now)),
        Command::Expire { now } => Ok(expire(state, *now)),
    }
}

fn request(state: Option<&State>, total: Money, method: PaymentMethodId) -> Result<Decision, Rejection> {
    if let Some(known) = state.and_then(State::total).filter(|known| *known != total) {
        return Err(Rejection::AnotherTotal { asked: total, known });
    }
    Ok(match state {
        None => Decision::Become {
            state: State::Requested { total, method },
            event: None,
        },
        Some(State::Forestalled) => voided(total, None, VoidReason::OrderEnded),
        Some(State::Requested { method, .. }) => Decision::Ask(ProviderRequest::Prepare { total, method: *method }),
        Some(State::Authorizing { attempt, .. }) => Decision::Ask(ProviderRequest::Confirm(attempt.intent.clone())),
        Some(
            State::ActionRequired { .. }
            | State::Authorized { .. }
            | State::Settling { .. }
            | State::Declined { .. }
            | State::Captured { .. }
            | State::Voided { .. },
        ) => Decision::Nothing,
    })
}

fn settle(state: Option<&State>, charge: Money, now: Timestamp) -> Result<Decision, Rejection> {
    if charge.is_zero() {
        release(state, now)
    } else {
        capture(state, charge, now)
    }
}

/// What becomes of reserved money is committed before the provider is asked.
fn settling(total: Money, attempt: &Attempt, charge: Money, expires_at: Timestamp, now: Timestamp) -> Decision {
    let retry_at = State::next_try(0, now);
    Decision::Become {
        state: State::Settling {
            total,
            attempt: attempt.clone(),
            charge,
            expires_at,
            since: now,
            tries: 0,
            is_told: false,
        },
        event: Some(Event::Settling {
            charge,
            tries: 0,
            retry_at,
        }),
    }
}

/// What to ask for a settlement that was decided.
fn pursue(attempt: &Attempt, charge: Money) -> Decision {
    let intent = attempt.intent.clone();
    Decision::Ask(if charge.is_zero() {
        let reason = VoidReason::OrderEnded;
        ProviderRequest::Cancel { intent, reason }
    } else {
        ProviderRequest::Capture { intent, amount: charge }
    })
}

/// The order ended without anything to pay: whatever the order of messages, nothing may stay reserved.
fn release(state: Option<&State>, now: Timestamp) -> Result<Decision, Rejection> {
    let cancel = |attempt: &Attempt| {
        Decision::Ask(ProviderRequest::Cancel {
            intent: attempt.intent.clone(),
            reason: VoidReason::OrderEnded,
        })
    };
    Ok(match state {
        None => Decision::Become {
            state: State::Forestalled,
            event: None,
        },
        // No intent is known, so none was confirmed, and after this none will be.
        Some(State::Requested { total, .. }) => voided(*total, None, VoidReason::OrderEnded),
        Some(State::Authorizing { attempt, .. } | State::ActionRequired { attempt, .. }) => cancel(attempt),
        Some(State::Authorized {
            total,
            attempt,
            expires_at,
        }) => settling(*total, attempt, Money::zero(total.currency()), *expires_at, now),
        Some(State::Settling { attempt, charge, .. }) if charge.is_zero() => pursue(attempt, *charge),
        Some(State::Settling { charge, .. }) => {
            return Err(Rejection::AlreadyCaptured {
                charge: Money::zero(charge.currency()),
                captured: *charge,
            });
        }
        Some(State::Forestalled | State::Declined { .. } | State::Voided { .. }) => Decision::Nothing,
        Some(State::Captured { total, captured, .. }) => {
            return Err(Rejection::AlreadyCaptured {
                charge: Money::zero(total.currency()),
                captured: *captured,
            });
        }
    })
}

/// The order ended with something to pay.
fn capture(state: Option<&State>, charge: Money, now: Timestamp) -> Result<Decision, Rejection> {
    match state {
        // An order can only end with something to pay after it heard that its money is reserved.
        None
        | Some(
            State::Forestalled | State::Requested { .. } | State::Authorizing { .. } | State::ActionRequired { .. },
        ) => Err(Rejection::Premature {
            command: "charge",
            state: name(state),
        }),
        Some(State::Authorized {
            total,
            attempt,
            expires_at,
        }) => {
            if !within(charge, *total) {
                return Err(Rejection::ExceedsReservation {
                    charge,
                    reserved: *total,
                });
            }
            Ok(settling(*total, attempt, charge, *expires_at, now))
        }
        Some(State::Settling {
            attempt, charge: known, ..
        }) if *known == charge => Ok(pursue(attempt, charge)),
        Some(State::Settling { charge: known, .. }) => Err(Rejection::AlreadyCaptured {
            charge,
            captured: *known,
        }),
        Some(State::Captured { captured, .. }) if *captured == charge => Ok(Decision::Nothing),
        Some(State::Captured { captured, .. }) => Err(Rejection::AlreadyCaptured {
            charge,
            captured: *captured,
        }),
        Some(State::Declined { .. } | State::Voided { .. }) => Err(Rejection::NothingReserved {
            charge,
            state: name(state),
        }),
    }
}

fn prepare(state: Option<&State>, attempt: &Attempt) -> Result<Decision, Rejection> {
    match state {
        None | Some(State::Forestalled) => Err(Rejection::Premature {
            command: "prepare",
            state: name(state),
        }),
        Some(State::Requested { total, .. }) => Ok(Decision::Become {
            state: State::Authorizing {
                total: *total,
                attempt: attempt.clone(),
            },
            event: None,
        }),
        Some(
            State::Authorizing { .. }
            | State::ActionRequired { .. }
            | State::Authorized { .. }
            | State::Settling { .. }
            | State::Declined { .. }
            | State::Captured { .. }
            | State::Voided { .. },
        ) => {
            let known = state.and_then(State::attempt);
            if known.is_some_and(|known| known.intent == attempt.intent) {
                return Ok(Decision::Nothing);
            }
            // Somebody else was faster, or the order has ended: this intent is never confirmed, and need not stay.
            Ok(Decision::Ask(ProviderRequest::Cancel {
                intent: attempt.intent.clone(),
                reason: VoidReason::OrderEnded,
            }))
        }
    }
}

fn refuse(state: Option<&State>, reason: &str) -> Result<Decision, Rejection> {
    match state {
        None | Some(State::Forestalled) => Err(Rejection::Premature {
            command: "refuse",
            state: name(state),
        }),
        Some(State::Requested { total, .. }) => Ok(declined(*total, None, reason)),
        // Somebody else did find a way.
        Some(
            State::Authorizing { .. }
            | State::ActionRequired { .. }
            | State::Authorized { .. }
            | State::Settling { .. }
            | State::Declined { .. }
            | State::Captured { .. }
            | State::Voided { .. },
        ) => Ok(Decision::Nothing),
    }
}

fn observe(state: Option<&State>, seen: &Observation) -> Result<Decision, Rejection> {
    let known = state
        .and_then(State::attempt)
        .filter(|attempt| attempt.intent == seen.intent);
    match (state, known) {
        (Some(State::Authorizing { total, .. } | State::ActionRequired { total, .. }), Some(attempt)) => {
            pending(state, *total, attempt, seen)
        }
        (Some(State::Authorized { total, .. }), Some(attempt)) => reserved(state, *total, attempt, seen),
        (
            Some(State::Settling {
                total, charge, since, ..
            }),
            Some(attempt),
        ) => settled(state, (*total, *charge, *since), attempt, seen),
        (Some(State::Captured { captured, .. }), Some(_)) => match &seen.status {
            IntentStatus::Captured { amount } if amount == captured => Ok(Decision::Nothing),
            IntentStatus::Captured { .. }
            | IntentStatus::Unconfirmed
            | IntentStatus::Processing
            | IntentStatus::NeedsAction(_)
            | IntentStatus::Reserved { .. }
            | IntentStatus::Failed { .. }
            | IntentStatus::Canceled => Err(contradiction(state, seen)),
        },
        // The payment ended, or the intent is not the one that counts: what it reserved must go back.
        (
            None
            | Some(
                State::Forestalled
                | State::Requested { .. }
                | State::Authorizing { .. }
                | State::ActionRequired { .. }
                | State::Authorized { .. }
                | State::Settling { .. }
                | State::Declined { .. }
                | State::Captured { .. }
                | State::Voided { .. },
            ),
            None | Some(_),
        ) => stray(state, seen),
    }
}

/// The intent of a payment whose outcome is open.
fn pending(state: Option<&State>, total: Money, attempt: &Attempt, seen: &Observation) -> Result<Decision, Rejection> {
    Ok(match &seen.status {
        IntentStatus::Unconfirmed | IntentStatus::Processing => Decision::Nothing,
        IntentStatus::NeedsAction(action) => needs_action(state, total, attempt, action),
        IntentStatus::Reserved { amount, expires_at } if *amount == total => Decision::Become {
            state: State::Authorized {
                total,
                attempt: attempt.clone(),
                expires_at: *expires_at,
            },
            event: Some(Event::Authorized {
                amount: total,
                expires_at: *expires_at,
            }),
        },
        // Shown price is reserved price: anything else was not ours to reserve.
        IntentStatus::Reserved { .. } => return Err(contradiction(state, seen)),
        IntentStatus::Captured { amount } => charged(state, total, attempt, *amount, seen)?,
        IntentStatus::Failed { reason } => declined(total, Some(attempt.clone()), reason),
        IntentStatus::Canceled => voided(total, Some(attempt.clone()), seen.void_reason),
    })
}

fn needs_action(state: Option<&State>, total: Money, attempt: &Attempt, action: &NextAction) -> Decision {
    let become_with = |event| Decision::Become {
        state: State::ActionRequired {
            total,
            attempt: attempt.clone(),
            action: action.clone(),
        },
        event,
    };
    match state {
        Some(State::ActionRequired { action: known, .. }) if known == action => Decision::Nothing,
        // The customer knows that there is something to do; only where has changed.
        Some(State::ActionRequired { .. }) => become_with(None),
        None
        | Some(
            State::Forestalled
            | State::Requested { .. }
            | State::Authorizing { .. }
            | State::Authorized { .. }
            | State::Settling { .. }
            | State::Declined { .. }
            | State::Captured { .. }
            | State::Voided { .. },
        ) => become_with(Some(Event::ActionRequired)),
    }
}

/// The intent of a payment whose money is reserved.
fn reserved(state: Option<&State>, total: Money, attempt: &Attempt, seen: &Observation) -> Result<Decision, Rejection> {
    match &seen.status {
        IntentStatus::Reserved { .. } => Ok(Decision::Nothing),
        IntentStatus::Captured { amount } => charged(state, total, attempt, *amount, seen),
        IntentStatus::Canceled => Ok(voided(total, Some(attempt.clone()), seen.void_reason)),
        IntentStatus::Unconfirmed
        | IntentStatus::Processing
        | IntentStatus::NeedsAction(_)
        | IntentStatus::Failed { .. } => Err(contradiction(state, seen)),
    }
}

/// The intent of a payment whose settlement is decided.
fn settled(
    state: Option<&State>,
    (total, charge, since): (Money, Money, Timestamp),
    attempt: &Attempt,
    seen: &Observation,
) -> Result<Decision, Rejection> {
    match &seen.status {
        IntentStatus::Reserved { .. } => Ok(Decision::Nothing),
        IntentStatus::Captured { amount } if *amount == charge => charged(state, total, attempt, *amount, seen),
        IntentStatus::Canceled if charge.is_zero() => Ok(voided(total, Some(attempt.clone()), VoidReason::OrderEnded)),
        // What is owed cannot be taken any more: the order has ended, so it is for operators to hear.
        IntentStatus::Canceled => Ok(Decision::Become {
            state: State::Voided {
                total,
                attempt: Some(attempt.clone()),
                reason: seen.void_reason,
            },
            event: Some(Event::Stalled {
                charge,
                since,
                retry_at: None,
            }),
        }),
        IntentStatus::Captured { .. }
        | IntentStatus::Unconfirmed
        | IntentStatus::Processing
        | IntentStatus::NeedsAction(_)
        | IntentStatus::Failed { .. } => Err(contradiction(state, seen)),
    }
}

/// An intent that may not hold any money.
fn stray(state: Option<&State>, seen: &Observation) -> Result<Decision, Rejection> {
    match &seen.status {
        // Without any record it may be somebody else's business: that is for a person to judge.
        IntentStatus::Reserved { .. } if state.is_none() => Err(contradiction(state, seen)),
        IntentStatus::Reserved { .. } => Ok(Decision::Ask(ProviderRequest::Cancel {
            intent: seen.intent.clone(),
            reason: VoidReason::OrderEnded,
        })),
        IntentStatus::Captured { .. } => Err(contradiction(state, seen)),
        IntentStatus::Unconfirmed
        | IntentStatus::Processing
        | IntentStatus::NeedsAction(_)
        | IntentStatus::Failed { .. }
        | IntentStatus::Canceled => Ok(Decision::Nothing),
    }
}

fn check(state: Option<&State>) -> Decision {
    match state {
        Some(State::Requested { total, method }) => Decision::Ask(ProviderRequest::Prepare {
            total: *total,
            method: *method,
        }),
        Some(State::Authorizing { attempt, .. }) => Decision::Ask(ProviderRequest::Confirm(attempt.intent.clone())),
        Some(State::ActionRequired { attempt, .. }) => Decision::Ask(ProviderRequest::Look(attempt.intent.clone())),
        None
        | Some(
            State::Forestalled
            | State::Authorized { .. }
            | State::Settling { .. }
            | State::Declined { .. }
            | State::Captured { .. }
            | State::Voided { .. },
        ) => Decision::Nothing,
    }
}

fn retry(state: Option<&State>) -> Decision {
    if let Some(State::Settling { attempt, charge, .. }) = state {
        pursue(attempt, *charge)
    } else {
        Decision::Nothing
    }
}

/// A settlement that does not succeed is tried for as long as the money is reserved; operators hear of it once.
fn postpone(state: Option<&State>, now: Timestamp) -> Decision {
    let Some(State::Settling {
        total,
        attempt,
        charge,
        expires_at,
        since,
        tries,
        is_told,
    }) = state
    else {
        return Decision::Nothing;
    };
    let (charge, since, expires_at) = (*charge, *since, *expires_at);
    let tries = tries + 1;
    let is_over = now >= expires_at;
    if is_over && *is_told {
        return Decision::Nothing;
    }
    let retry_at = State::next_try(tries, now);
    let tell = !*is_told && (is_over || now >= since + STALLED_AFTER);
    let event = if tell {
        Event::Stalled {
            charge,
            since,
            retry_at: (!is_over).then_some(retry_at),
        }
    } else {
        Event::Settling {
            charge,
            tries,
            retry_at,
        }
    };
    Decision::Become {
        state: State::Settling {
            total: *total,
            attempt: attempt.clone(),
            charge,
            expires_at,
            since,
            tries,
            is_told: *is_told || tell,
        },
        event: Some(event),
    }
}

fn expire(state: Option<&State>, now: Timestamp) -> Decision {
    match state {
        Some(State::Authorized {
            attempt, expires_at, ..
        }) if now >= *expires_at - EXPIRY_MARGIN => Decision::Ask(ProviderRequest::Cancel {
            intent: attempt.intent.clone(),
            reason: VoidReason::AuthorizationExpired,
        }),
        // What is owed is taken, not given back.
        Some(State::Settling { attempt, charge, .. }) => pursue(attempt, *charge),
        None
        | Some(
            State::Forestalled
            | State::Requested { .. }
            | State::Authorizing { .. }
            | State::ActionRequired { .. }
            | State::Authorized { .. }
            | State::Declined { .. }
            | State::Captured { .. }
            | State::Voided { .. },
        ) => Decision::Nothing,
    }
}

/// True for an amount that a reservation covers.
fn within(charge: Money, reserved: Money) -> bool {
    let rest = reserved.minus(charge);
    !charge.is_negative() && rest.is_ok_and(|rest| !rest.is_negative())
}

fn charged(
    state: Option<&State>,
    total: Money,
    attempt: &Attempt,
    amount: Money,
    seen: &Observation,
) -> Result<Decision, Rejection> {
    if !within(amount, total) {
        return Err(contradiction(state, seen));
    }
    Ok(Decision::Become {
        state: State::Captured {
            total,
            attempt: attempt.clone(),
            captured: amount,
        },
        event: Some(Event::Captured { amount }),
    })
}

fn declined(total: Money, attempt: Option<Attempt>, reason: &str) -> Decision {
    Decision::Become {
        state: State::Declined {
            total,
            attempt,
            reason: reason.to_owned(),
        },
        event: Some(Event::Declined {
            reason: reason.to_owned(),
        }),
    }
}

fn voided(total: Money, attempt: Option<Attempt>, reason: VoidReason) -> Decision {
    Decision::Become {
        state: State::Voided { total, attempt, reason },
        event: Some(Event::Voided { reason }),
    }
}

fn contradiction(state: Option<&State>, seen: &Observation) -> Rejection {
    Rejection::Contradiction {
        status: seen.status.name(),
        state: name(state),
    }
}
