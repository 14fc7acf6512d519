//! What can go wrong with a call, by what the caller should do about it.

use kernel::NotChargeable;
use serde::Deserialize;

/// The longest message of Stripe's that is repeated.
const MESSAGE_LENGTH_MAX: usize = 200;

/// The provider's codes, and ours, for an amount of which no intent can be made.
const AMOUNTS_REFUSED: [&str; 4] = [
    "amount_too_small",
    "amount_too_large",
    "amount_too_fine",
    "currency_not_chargeable",
];

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// No answer, or one that says to try later. Whether the call had an effect is unknown: look before asking again.
    #[error("the payment provider is not available: {0}")]
    Unavailable(String),
    /// The bank said no; asking again will not help.
    #[error("declined: {code}")]
    Declined {
        /// Stripe's code, such as `card_declined`.
        code: String,
    },
    /// The request is not one that can be carried out, now or ever.
    #[error("refused with status {status}: {code}: {message}")]
    Refused {
        /// The HTTP status.
        status: u16,
        /// Stripe's code, such as `resource_missing`.
        code: String,
        /// Stripe's message: names parameters and ids, nothing of a person.
        message: String,
    },
}

#[derive(Deserialize)]
struct Body {
    error: Details,
}

#[derive(Default, Deserialize)]
struct Details {
    #[serde(rename = "type")]
    kind: Option<String>,
    code: Option<String>,
    message: Option<String>,
}

/// An amount that the provider would refuse is not sent.
impl From<NotChargeable> for Failure {
    fn from(error: NotChargeable) -> Self {
        Self::Refused {
            status: 0,
            code: error.code().to_owned(),
            message: error.to_string(),
        }
    }
}

impl Failure {
    /// Sorts an answer that is no success.
    pub fn classify(status: u16, body: &[u8]) -> Self {
        let error = serde_json::from_slice::<Body>(body)
            .map(|body| body.error)
            .unwrap_or_default();
        if status == 402 || error.kind.as_deref() == Some("card_error") {
            let code = error.code.unwrap_or_else(|| "card_declined".to_owned());
            return Self::Declined { code };
        }
        let code = error.code.or(error.kind).unwrap_or_else(|| "unknown".to_owned());
        match status {
            // A wrong key is for operators to set right, and then the message should be there to be tried again.
            // 409: a call with the same key still runs.
            401 | 403 | 409 | 429 | 500.. => Self::Unavailable(format!("status {status}: {code}")),
            _ => Self::Refused {
                status,
                code,
                message: error
                    .message
                    .unwrap_or_default()
                    .chars()
                    .take(MESSAGE_LENGTH_MAX)
                    .collect(),
            },
        }
    }

    /// The code if it says that no intent can be made with this card or amount: the customer should hear of it.
    #[must_use]
    pub fn unusable(&self) -> Option<&str> {
        match self {
            Self::Declined { code } => Some(code),
            Self::Refused { code, .. } if AMOUNTS_REFUSED.contains(&code.as_str()) => Some(code),
            Self::Refused { status: 404, .. } => Some("payment_method_missing"),
            Self::Refused { code, .. } if code == "resource_missing" => Some("payment_method_missing"),
            Self::Refused { .. } | Self::Unavailable(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sorts_errors_by_what_to_do() {
        for (status, body, failure) in [
            (
                402,
                r#"{"type": "card_error", "code": "card_declined", "decline_code": "lost_card"}"#,
                "declined: card_declined",
            ),
            (
                402,
                r#"{"type": "card_error", "code": "expired_card"}"#,
                "declined: expired_card",
            ),
            // As localstripe says it.
            (
                402,
                r#"{"type": "invalid_request_error", "code": "card_declined"}"#,
                "declined: card_declined",
            ),
            (402, "?", "declined: card_declined"),
            (
                400,
                r#"{"type": "card_error", "code": "incorrect_cvc"}"#,
                "declined: incorrect_cvc",
            ),
            (
                429,
                r#"{"type": "invalid_request_error", "code": "rate_limit"}"#,
                "later: status 429: rate_limit",
            ),
            (429, r#"{"code": "lock_timeout"}"#, "later: status 429: lock_timeout"),
            (
                409,
                r#"{"type": "idempotency_error"}"#,
                "later: status 409: idempotency_error",
            ),
            (
                401,
                r#"{"type": "invalid_request_error"}"#,
                "later: status 401: invalid_request_error",
            ),
            (500, r#"{"type": "api_error"}"#, "later: status 500: api_error"),
            (503, "?", "later: status 503: unknown"),
            (
                400,
                r#"{"type": "idempotency_error", "message": "Keys"}"#,
                "never: idempotency_error: Keys",
            ),
            (
                400,
                r#"{"code": "payment_intent_unexpected_state", "message": "m"}"#,
                "never: payment_intent_unexpected_state: m",
            ),
            (
                404,
                r#"{"type": "invalid_request_error", "message": "No"}"#,
                "never: invalid_request_error: No",
            ),
        ] {
            let told = match Failure::classify(status, format!(r#"{{"error": {body}}}"#).as_bytes()) {
                Failure::Declined { code } => format!("declined: {code}"),
                Failure::Unavailable(reason) => format!("later: {reason}"),
                Failure::Refused { code, message, .. } => format!("never: {code}: {message}"),
            };
            assert_eq!(told, failure, "{status} {body}");
        }
    }

    #[test]
    fn tells_the_customer_what_the_customer_can_change() {
        for (body, status, code) in [
            (
                r#"{"error": {"code": "amount_too_small"}}"#,
                400,
                Some("amount_too_small"),
            ),
            (
                r#"{"error": {"code": "amount_too_large"}}"#,
                400,
                Some("amount_too_large"),
            ),
            (
                r#"{"error": {"code": "resource_missing"}}"#,
                400,
                Some("payment_method_missing"),
            ),
            ("", 404, Some("payment_method_missing")),
            (r#"{"error": {"code": "expired_card"}}"#, 402, Some("expired_card")),
            (r#"{"error": {"code": "parameter_unknown"}}"#, 400, None),
            ("", 500, None),
        ] {
            assert_eq!(
                Failure::classify(status, body.as_bytes()).unusable(),
                code,
                "{status} {body}"
            );
        }
    }
}
