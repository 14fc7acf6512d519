//! From failures to problem answers.

use http::StatusCode;
use runtime::Problem;

use crate::stripe::Failure;
use crate::usecase::add_card::AddCardError;
use crate::usecase::observe_intent::ObserveError;
use crate::usecase::remove_card::RemoveCardError;

/// The provider does not answer, or refuses what only our own mistake can explain.
impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unavailable(_) => {
                tracing::warn!(error = %failure, "the payment provider could not be used");
                Self::unavailable()
            }
            Failure::Declined { .. } | Failure::Refused { .. } => {
                tracing::error!(error = %failure, "the payment provider refuses");
                Self::internal()
            }
        }
    }
}

impl From<AddCardError> for Problem {
    fn from(error: AddCardError) -> Self {
        match error {
            AddCardError::TooMany(saved) => {
                let detail = format!("You have {saved} payment methods: remove one first.");
                Self::conflict("too_many_payment_methods", detail)
            }
            AddCardError::Refused(Failure::Declined { code } | Failure::Refused { code, .. }) => {
                let detail = "The card was refused: use another one, or make a new token.";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "payment_method_refused", detail)
                    .with("provider_code", code)
            }
            AddCardError::Refused(failure @ Failure::Unavailable(_)) | AddCardError::Provider(failure) => {
                failure.into()
            }
            AddCardError::RemovedMeanwhile => Self::unavailable(),
            AddCardError::Commit(error) => error.into(),
        }
    }
}

impl From<RemoveCardError> for Problem {
    fn from(error: RemoveCardError) -> Self {
        match error {
            RemoveCardError::Missing => Self::not_found(),
            RemoveCardError::Provider(failure) => failure.into(),
            RemoveCardError::Commit(error) => error.into(),
        }
    }
}

impl From<ObserveError> for Problem {
    fn from(error: ObserveError) -> Self {
        match error {
            ObserveError::Contradiction(reason) => contradiction(&reason),
            ObserveError::Store(error) => error.into(),
            ObserveError::Provider(failure) => failure.into(),
        }
    }
}

/// Stripe sends the webhook again for days and shows that it fails, until somebody has looked.
fn contradiction(reason: &str) -> Problem {
    tracing::error!(reason = %reason, "a webhook contradicts what is known");
    Problem::conflict(
        "contradiction",
        "What the provider shows contradicts what is known of the payment.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_the_customers_and_an_outage_is_not() {
        let declined = Failure::Declined {
            code: "card_declined".to_owned(),
        };
        let unknown = Failure::Refused {
            status: 404,
            code: "resource_missing".to_owned(),
            message: "No such PaymentMethod".to_owned(),
        };
        for (failure, status, code) in [
            (declined, 422, "payment_method_refused"),
            (unknown, 422, "payment_method_refused"),
            (Failure::Unavailable("timeout".to_owned()), 503, "unavailable"),
        ] {
            let problem = Problem::from(AddCardError::Refused(failure));
            assert_eq!((problem.status(), problem.code()), (status, code));
        }
    }
}
