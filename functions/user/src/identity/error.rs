//! What the user pool says when it says no.

use aws_sdk_cognitoidentityprovider::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};

/// Why the user pool did not do what it was asked, by what it means to whoever asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Wrong password, dead token or session, or a disabled or unknown account: the pool does not say which.
    #[error("not authorised")]
    NotAuthorized,
    /// The account waits for its confirmation code.
    #[error("the account is not confirmed")]
    Unconfirmed,
    /// The password must be reset before the next sign-in.
    #[error("the password must be reset")]
    ResetRequired,
    /// The address has an account.
    #[error("the account exists")]
    Taken,
    /// No such account.
    #[error("there is no such account")]
    Unknown,
    /// A wrong, used or expired code.
    #[error("the code is wrong, used or expired")]
    WrongCode,
    /// The pool's policy forbids the password.
    #[error("the password is refused")]
    WeakPassword,
    /// The pool does not take a value, or not for an account in this state.
    #[error("a value is refused")]
    Invalid,
    /// Too many tries for this one account.
    #[error("too many tries for one account")]
    Exhausted,
    /// The mail with the code could not be sent.
    #[error("the code could not be sent")]
    Undelivered,
    /// Too many requests for the whole pool.
    #[error("the user pool is throttled")]
    Throttled,
    /// No answer, or an error of the pool itself: the same again may work.
    #[error("the user pool is not available: {0}")]
    Unavailable(String),
    /// The pool refuses the service itself, or answers what it never should: a defect.
    #[error("the user pool refuses the service: {0}")]
    Defect(String),
}

impl IdentityError {
    /// Sorts an error of the client.
    pub(super) fn from_sdk<E>(error: SdkError<E>) -> Self
    where
        E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
    {
        let known = error.code().and_then(Self::from_code);
        known.unwrap_or_else(|| {
            let defect = matches!(&error, SdkError::ServiceError(service) if service.raw().status().is_client_error());
            let text = DisplayErrorContext(error).to_string();
            if defect {
                Self::Defect(text)
            } else {
                Self::Unavailable(text)
            }
        })
    }

    fn from_code(code: &str) -> Option<Self> {
        Some(match code {
            "NotAuthorizedException" | "RefreshTokenReuseException" => Self::NotAuthorized,
            "UserNotConfirmedException" => Self::Unconfirmed,
            "PasswordResetRequiredException" => Self::ResetRequired,
            "UsernameExistsException" | "AliasExistsException" => Self::Taken,
            "UserNotFoundException" => Self::Unknown,
            "CodeMismatchException" | "ExpiredCodeException" | "EnableSoftwareTokenMFAException" => Self::WrongCode,
            "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => Self::WeakPassword,
            "InvalidParameterException" => Self::Invalid,
            "LimitExceededException" | "TooManyFailedAttemptsException" => Self::Exhausted,
            "CodeDeliveryFailureException" => Self::Undelivered,
            "TooManyRequestsException" | "ThrottlingException" => Self::Throttled,
            "InternalErrorException" => Self::Unavailable(code.to_owned()),
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_that_the_pool_documents_has_a_meaning() {
        for (code, error) in [
            ("NotAuthorizedException", Some(IdentityError::NotAuthorized)),
            ("RefreshTokenReuseException", Some(IdentityError::NotAuthorized)),
            ("UserNotConfirmedException", Some(IdentityError::Unconfirmed)),
            ("PasswordResetRequiredException", Some(IdentityError::ResetRequired)),
            ("UsernameExistsException", Some(IdentityError::Taken)),
            ("AliasExistsException", Some(IdentityError::Taken)),
            ("UserNotFoundException", Some(IdentityError::Unknown)),
            ("CodeMismatchException", Some(IdentityError::WrongCode)),
            ("ExpiredCodeException", Some(IdentityError::WrongCode)),
            ("EnableSoftwareTokenMFAException", Some(IdentityError::WrongCode)),
            ("InvalidPasswordException", Some(IdentityError::WeakPassword)),
            (
                "PasswordHistoryPolicyViolationException",
                Some(IdentityError::WeakPassword),
            ),
            ("InvalidParameterException", Some(IdentityError::Invalid)),
            ("LimitExceededException", Some(IdentityError::Exhausted)),
            ("TooManyFailedAttemptsException", Some(IdentityError::Exhausted)),
            ("CodeDeliveryFailureException", Some(IdentityError::Undelivered)),
            ("TooManyRequestsException", Some(IdentityError::Throttled)),
            ("ThrottlingException", Some(IdentityError::Throttled)),
            (
                "InternalErrorException",
                Some(IdentityError::Unavailable("InternalErrorException".to_owned())),
            ),
            // The service's own mistakes: no caller can do anything about them.
            ("ResourceNotFoundException", None),
            ("AccessDeniedException", None),
            ("InvalidUserPoolConfigurationException", None),
        ] {
            assert_eq!(IdentityError::from_code(code), error, "{code}");
        }
    }
}
