//! Rejections and failures as problems.

use http::StatusCode;
use runtime::Problem;

use crate::domain::Rejection;
use crate::usecase::UseCaseError;

impl From<Rejection> for Problem {
    fn from(refusal: Rejection) -> Self {
        match refusal {
            Rejection::NotFound | Rejection::NoSuchEntry => Self::not_found(),
            Rejection::Forbidden => Self::forbidden(),
            Rejection::Stale => Self::stale(),
            Rejection::WrongStage { from, action } => {
                let detail = format!("A restaurant that is {} cannot {}.", from.as_str(), action.as_str());
                Self::conflict("wrong_status", detail)
                    .with("restaurant_status", from.as_str())
                    .with("action", action.as_str())
            }
            Rejection::NotApproved => {
                let detail = "Nothing can sell out before the restaurant is approved: say it in the menu.";
                Self::conflict("not_approved", detail)
            }
            Rejection::TooManyOverrides => {
                let detail = "Too many entries differ from the published menu: publish one that says it.";
                Self::conflict("too_many_sold_out", detail)
            }
            Rejection::LastOwner => Self::conflict("last_owner", "A restaurant keeps at least one owner."),
            Rejection::TooManyStaff => Self::conflict("too_many_staff", "A restaurant has at most 50 people."),
            Rejection::MenuMissing => Self::conflict("menu_missing", "Save a draft of the menu first."),
            Rejection::MenuTooLarge => {
                let detail = "The menu is too large to be stored.";
                Self::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", detail)
            }
            Rejection::AlreadyReviewed => Self::conflict(
                "already_reviewed",
                "The order has been reviewed: a review stays as it is.",
            ),
            Rejection::ReviewTooLate => Self::conflict(
                "review_too_late",
                "An order can be reviewed for 90 days after its delivery.",
            ),
            Rejection::Invalid(errors) => Problem::invalid_fields(&errors),
        }
    }
}

impl From<UseCaseError> for Problem {
    fn from(error: UseCaseError) -> Self {
        match error {
            UseCaseError::Rejected(rejection) => rejection.into(),
            UseCaseError::Store(error) => error.into(),
        }
    }
}
