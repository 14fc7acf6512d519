//! Errors of the domain and the use cases as problems, each with its code.

use http::StatusCode;
use runtime::{CallError, Problem};

use crate::domain::courier::{CourierRejection, OfferEnd};
use crate::domain::rejection::{Rejection, Until};
use crate::domain::roster::{Uncancellable, Unplannable};
use crate::domain::work::Exhausted;
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::couriers::apply_as_courier::ApplyError;
use crate::usecase::couriers::report_locations::ReportError;
use crate::usecase::couriers::review_courier::ReviewError;
use crate::usecase::shifts::change_roster::RosterError;

/// When it may be asked again whether food is ready.
const FOOD_RETRY_SECONDS: u32 = 30;

impl From<AdvanceError> for Problem {
    fn from(error: AdvanceError) -> Self {
        match error {
            AdvanceError::Missing | AdvanceError::CalledOff => Self::not_found(),
            AdvanceError::Rejected(rejection) => rejection.into(),
            AdvanceError::CourierRejected(rejection) => rejection.into(),
            AdvanceError::Store(error) => error.into(),
        }
    }
}

impl From<ApplyError> for Problem {
    fn from(error: ApplyError) -> Self {
        match error {
            ApplyError::Exists => Self::conflict("courier_exists", sentence(&error)),
            ApplyError::Store(error) => error.into(),
        }
    }
}

impl From<ReviewError> for Problem {
    fn from(error: ReviewError) -> Self {
        match error {
            ReviewError::Missing => Self::not_found(),
            ReviewError::DocumentsChanged { latest } => {
                Self::conflict("documents_changed", sentence(&error)).with("documents_version", latest)
            }
            ReviewError::Rejected(rejection) => rejection.into(),
            ReviewError::Store(error) => error.into(),
        }
    }
}

impl From<ReportError> for Problem {
    fn from(error: ReportError) -> Self {
        match error {
            ReportError::OffShift => CourierRejection::OffShift.into(),
            ReportError::TooOften(too_often) => {
                let problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_reports", sentence(&too_often));
                problem.retry_after(too_often.retry_after_seconds)
            }
            ReportError::Store(error) => error.into(),
        }
    }
}

impl From<RosterError> for Problem {
    fn from(error: RosterError) -> Self {
        match error {
            RosterError::Plan(reason) => reason.into(),
            RosterError::Cancel(reason) => reason.into(),
            RosterError::Courier(error) => error.into(),
        }
    }
}

impl From<Unplannable> for Problem {
    fn from(reason: Unplannable) -> Self {
        let text = sentence(&reason);
        match reason {
            Unplannable::Past => Self::invalid("/from", "in_the_past", text),
            Unplannable::TooShort => Self::invalid("/to", "too_short", text),
            Unplannable::TooFarAhead => Self::invalid("/to", "too_far_ahead", text),
            Unplannable::Overlaps(other) => Self::conflict("shift_overlaps", text).with("shift_id", other.to_string()),
            Unplannable::TooMany => Self::conflict("too_many_shifts", text),
            Unplannable::Exceeds(limit) => Self::conflict("working_time_exceeded", text).with("limit", limit.as_str()),
        }
    }
}

impl From<Uncancellable> for Problem {
    fn from(reason: Uncancellable) -> Self {
        match reason {
            Uncancellable::Missing => Self::not_found(),
            Uncancellable::Running => Self::conflict("shift_running", sentence(&reason)),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            // What is not yours does not exist.
            Rejection::NotYours => Self::not_found(),
            Rejection::WrongState { phase, .. } => {
                Self::conflict("wrong_state", sentence(&rejection)).with("state", phase.as_str())
            }
            Rejection::OfferOver => Self::conflict("offer_over", sentence(&rejection)),
            Rejection::FoodNotReady => {
                Self::conflict("food_not_ready", sentence(&rejection)).retry_after(FOOD_RETRY_SECONDS)
            }
            Rejection::OrderCodeWrong => Self::invalid("/order_code", "order_code_wrong", sentence(&rejection)),
            Rejection::OrderCodeLocked => Self::conflict("order_code_locked", sentence(&rejection)),
            Rejection::NotSeenAtDoor => Self::conflict("not_seen_at_the_door", sentence(&rejection)),
            Rejection::NothingToJudge => Self::conflict("nothing_to_judge", sentence(&rejection)),
            Rejection::PinLocked => Self::conflict("pin_locked", sentence(&rejection)),
            Rejection::NotAtDoor => Self::conflict("not_at_customer", sentence(&rejection)),
            Rejection::PhotoNotEnough { until } => wait("photo_not_enough", &rejection, until),
            Rejection::WaitLonger { until } => wait("wait_longer", &rejection, until),
        }
    }
}

impl From<CourierRejection> for Problem {
    fn from(rejection: CourierRejection) -> Self {
        let code = match rejection {
            CourierRejection::NeverAsked => return Self::not_found(),
            CourierRejection::NotApproved => "courier_not_approved",
            CourierRejection::Approved => "courier_approved",
            CourierRejection::Suspended => "courier_suspended",
            CourierRejection::RoleLost => return Self::forbidden(),
            CourierRejection::DocumentExpired => "document_expired",
            CourierRejection::OffShift => "off_shift",
            CourierRejection::Bound => "not_free_for_a_break",
            CourierRejection::Worked(exhausted) => return worked(&rejection, exhausted),
            CourierRejection::NotFree => "courier_not_free",
            CourierRejection::OfferOver(OfferEnd::Accepted) => "offer_already_accepted",
            CourierRejection::OfferOver(OfferEnd::Declined) => "offer_declined",
            CourierRejection::OfferOver(OfferEnd::Expired) => "offer_expired",
            CourierRejection::OfferOver(OfferEnd::Withdrawn) => "offer_withdrawn",
        };
        Self::conflict(code, sentence(&rejection))
    }
}

/// What is possible once a time is over.
fn wait(code: &str, rejection: &Rejection, until: Until) -> Problem {
    let seconds = u32::try_from(until.left.as_secs() + 1).unwrap_or(u32::MAX);
    let problem = Problem::conflict(code, sentence(rejection)).with("wait_until", until.at.to_string());
    problem.retry_after(seconds)
}

/// The market's rules forbid more work for now.
fn worked(rejection: &CourierRejection, exhausted: Exhausted) -> Problem {
    let seconds = u32::try_from(exhausted.left.as_secs() + 1).unwrap_or(u32::MAX);
    Problem::conflict("working_time_exceeded", sentence(rejection))
        .with("limit", exhausted.limit.as_str())
        .with("until", exhausted.until.to_string())
        .retry_after(seconds)
}

/// The photos cannot be reached.
#[must_use]
pub fn unavailable(error: &CallError) -> Problem {
    tracing::warn!(%error, "the photos cannot be reached");
    Problem::unavailable()
}

/// An error's text as a sentence.
fn sentence(error: &impl std::fmt::Display) -> String {
    let text = error.to_string();
    let mut letters = text.chars();
    let first = letters.next().map(|letter| letter.to_uppercase().to_string());
    format!("{}{}.", first.unwrap_or_default(), letters.as_str())
}
