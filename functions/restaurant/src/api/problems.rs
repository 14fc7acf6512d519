//! From refusals to problem answers.

use http::StatusCode;
use runtime::Problem;

use crate::domain::review::ReviewRefusal;
use crate::domain::{Fault, Refusal};

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::NotFound | Refusal::NoSuchEntry => Self::not_found(),
            Refusal::Forbidden => Self::forbidden(),
            Refusal::Stale => Self::stale(),
            Refusal::WrongStage { from, action } => {
                let detail = format!("A restaurant that is {} cannot {}.", from.as_str(), action.as_str());
                Self::conflict("wrong_status", detail)
                    .with("restaurant_status", from.as_str())
                    .with("action", action.as_str())
            }
            Refusal::NotApproved => {
                let detail = "Nothing can sell out before the restaurant is approved: say it in the menu.";
                Self::conflict("not_approved", detail)
            }
            Refusal::TooManyOverrides => {
                let detail = "Too many entries differ from the published menu: publish one that says it.";
                Self::conflict("too_many_sold_out", detail)
            }
            Refusal::LastOwner => Self::conflict("last_owner", "A restaurant keeps at least one owner."),
            Refusal::TooManyStaff => Self::conflict("too_many_staff", "A restaurant has at most 50 people."),
            Refusal::Invalid(faults) => invalid(&faults),
        }
    }
}

impl From<ReviewRefusal> for Problem {
    fn from(refusal: ReviewRefusal) -> Self {
        match refusal {
            ReviewRefusal::NotFound => Self::not_found(),
            ReviewRefusal::AlreadyReviewed => Self::conflict(
                "already_reviewed",
                "The order has been reviewed: a review stays as it is.",
            ),
            ReviewRefusal::TooLate => Self::conflict(
                "review_too_late",
                "An order can be reviewed for 90 days after its delivery.",
            ),
            ReviewRefusal::Invalid(faults) => invalid(&faults),
        }
    }
}

/// 422 with everything that is wrong.
pub fn invalid(faults: &[Fault]) -> Problem {
    let detail = "The body has values that cannot be accepted; `errors` lists them.";
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_body", detail);
    faults.iter().fold(problem, |problem, fault| {
        problem.error(&fault.pointer, fault.code, fault.message.as_str())
    })
}
