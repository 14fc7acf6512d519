//! What a refusal means to whoever asked: the one place where errors of the user pool and refusals of the rules become
//! problems.
//!
//! Nothing here may tell whether an address has an account. So everything that depends on the account (no such one, too
//! many tries for it, confirmed already, wrong or expired code) gives the same answer as the ordinary mistake.

use ::store::{ChangeError, CommitError};
use http::StatusCode;
use runtime::Problem;

use crate::domain::{AddressRejection, InvalidPassword, InvalidPreferences, Rejection};
use crate::identity::IdentityError;
use crate::texts::SendError;
use crate::usecase::change_roles::RolesError;
use crate::usecase::confirm_sign_up::ConfirmError;
use crate::usecase::own_user::OwnUserError;
use crate::usecase::phone_code::PhoneCodeError;
use crate::usecase::registration::RegistrationError;
use crate::usecase::sign_up::SignUpError;
use crate::usecase::user::{self, Refusal};

/// Seconds after which a throttled client may try again.
const THROTTLED_SECONDS: u32 = 5;

/// What was asked of the user pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A new account.
    SignUp,
    /// A sign-in by password.
    SignIn,
    /// A sign-in by one-time password.
    Challenge,
    /// New tokens for a refresh token.
    Refresh,
    /// A code for an account or a new password.
    Code,
    /// A change of the signed-in person's own one-time password.
    Totp,
    /// Something that the service asks on its own account.
    Manage,
}

/// What an error of the user pool means.
pub fn identity(step: Step, error: &IdentityError) -> Problem {
    match error {
        IdentityError::Throttled => throttled(),
        IdentityError::Unavailable(reason) => {
            tracing::warn!(reason, "the user pool could not be used");
            Problem::unavailable()
        }
        IdentityError::Defect(reason) => {
            tracing::error!(reason, "a defect");
            Problem::internal()
        }
        IdentityError::WeakPassword => password_too_weak("password_too_weak", "is refused by the password policy"),
        IdentityError::Unconfirmed if step == Step::SignIn => user_unconfirmed(),
        IdentityError::ResetRequired if step == Step::SignIn => password_reset_required(),
        IdentityError::Undelivered if step == Step::SignUp => code_not_sent(),
        IdentityError::Invalid if step == Step::SignUp => Problem::invalid("", "invalid", "a value is not accepted"),
        IdentityError::NotAuthorized
        | IdentityError::Unconfirmed
        | IdentityError::ResetRequired
        | IdentityError::Taken
        | IdentityError::Unknown
        | IdentityError::WrongCode
        | IdentityError::Invalid
        | IdentityError::Exhausted
        | IdentityError::Undelivered => ordinary(step, error),
    }
}

/// The ordinary mistake of a step, which also stands for everything that must not be told.
fn ordinary(step: Step, error: &IdentityError) -> Problem {
    match step {
        Step::SignIn => invalid_credentials(),
        Step::Challenge if *error == IdentityError::WrongCode => invalid_code(),
        Step::Challenge => {
            let detail = "The sign-in took too long or the session is not valid: sign in again.";
            Problem::new(StatusCode::UNAUTHORIZED, "invalid_session", detail)
        }
        Step::Refresh => {
            let detail = "The refresh token is not valid or no longer: sign in again.";
            Problem::new(StatusCode::UNAUTHORIZED, "invalid_refresh_token", detail)
        }
        Step::Totp if *error == IdentityError::NotAuthorized => Problem::unauthorized(),
        Step::Code | Step::Totp => invalid_code(),
        Step::Manage if *error == IdentityError::Unknown => Problem::not_found(),
        Step::SignUp | Step::Manage => {
            tracing::error!(reason = %error, "the user pool answers what it never should");
            Problem::internal()
        }
    }
}

/// For requests that are answered alike whether or not there is an account: only what concerns everybody is told.
pub fn accepted(result: Result<(), IdentityError>) -> Result<(), Problem> {
    match result {
        Ok(()) => Ok(()),
        Err(reason @ (IdentityError::Throttled | IdentityError::Unavailable(_) | IdentityError::Defect(_))) => {
            Err(identity(Step::Code, &reason))
        }
        Err(
            reason @ (IdentityError::NotAuthorized
            | IdentityError::Unconfirmed
            | IdentityError::ResetRequired
            | IdentityError::Taken
            | IdentityError::Unknown
            | IdentityError::WrongCode
            | IdentityError::WeakPassword
            | IdentityError::Invalid
            | IdentityError::Exhausted
            | IdentityError::Undelivered),
        ) => {
            tracing::info!(reason = %reason, "a code was asked for and not sent");
            Ok(())
        }
    }
}

impl From<RegistrationError> for Problem {
    fn from(error: RegistrationError) -> Self {
        match error {
            RegistrationError::Identity(error) => identity(Step::Manage, &error),
            RegistrationError::Suspended => suspended(),
            RegistrationError::Store(error) => error.into(),
        }
    }
}

impl From<OwnUserError> for Problem {
    fn from(error: OwnUserError) -> Self {
        match error {
            OwnUserError::Registration(error) => error.into(),
            OwnUserError::Change(error) => error.into(),
        }
    }
}

impl From<SignUpError> for Problem {
    fn from(error: SignUpError) -> Self {
        match error {
            SignUpError::NotOpened(error) => identity(Step::SignUp, &error),
            SignUpError::Registration(error) => error.into(),
            SignUpError::Change(error) => error.into(),
        }
    }
}

impl From<ConfirmError> for Problem {
    fn from(error: ConfirmError) -> Self {
        match error {
            ConfirmError::Replaced => sign_up_replaced(),
            ConfirmError::Identity(error) => identity(Step::Code, &error),
            ConfirmError::Store(error) => error.into(),
        }
    }
}

impl From<PhoneCodeError> for Problem {
    fn from(error: PhoneCodeError) -> Self {
        match error {
            PhoneCodeError::NotSent(error) => error.into(),
            PhoneCodeError::WrongCode => {
                let detail = "The code is wrong or older than ten minutes: ask for another one.";
                Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_code", detail).error(
                    "/code",
                    "invalid_code",
                    detail,
                )
            }
            PhoneCodeError::User(error) => error.into(),
            PhoneCodeError::Commit(error) => error.into(),
            PhoneCodeError::Store(error) => error.into(),
        }
    }
}

impl From<SendError> for Problem {
    fn from(error: SendError) -> Self {
        match error {
            SendError::Country => Self::invalid(
                "/phone",
                "phone_country_not_served",
                "no texts are sent to numbers of this country: leave the number out",
            ),
            SendError::Budget(error) => error.into(),
            SendError::Provider(reason) => {
                tracing::warn!(reason, "a code could not be sent to a phone");
                let detail = "The text could not be sent: check the number, and try again in a moment.";
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "text_not_sent", detail).retry_after(5)
            }
        }
    }
}

impl From<RolesError> for Problem {
    fn from(error: RolesError) -> Self {
        match error {
            RolesError::SecondFactorRequired => {
                let detail = "An operator needs a one-time password: the person must set one up first.";
                Self::conflict("second_factor_required", detail)
            }
            RolesError::Identity(error) => identity(Step::Manage, &error),
            RolesError::Change(ChangeError::Commit(CommitError::Refused(user::LAST_OPERATOR))) => {
                let detail = "This is the last operator: make somebody else one first.";
                Self::conflict(user::LAST_OPERATOR, detail)
            }
            RolesError::Change(error) => error.into(),
        }
    }
}

/// 409: a code would confirm what somebody else chose.
fn sign_up_replaced() -> Problem {
    let detail = "Somebody signed up with this address again. If it was you, send the user_id of the last sign-up; \
                  otherwise sign up again, and use the new code.";
    Problem::new(StatusCode::CONFLICT, "sign_up_replaced", detail)
}

/// 401: the pair is wrong. The same for an unknown address, a disabled account and one with too many tries.
pub fn invalid_credentials() -> Problem {
    let detail = "The e-mail address or the password is wrong.";
    Problem::new(StatusCode::UNAUTHORIZED, "invalid_credentials", detail)
}

/// 422: the code is wrong, used or expired. The same for an unknown address.
fn invalid_code() -> Problem {
    let detail = "The code is wrong, was used, or has expired. Ask for another one.";
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_code", detail).error("/code", "invalid_code", detail)
}

/// 403: barred by an operator.
pub fn suspended() -> Problem {
    let detail = "This account is suspended: write to the support.";
    Problem::new(StatusCode::FORBIDDEN, "suspended", detail)
}

/// 403: an operator signs in with a one-time password, or not at all.
pub fn second_factor_required() -> Problem {
    let detail = "Operators sign in with a one-time password. Have another operator take the role, set one up, and get the \
                  role back.";
    Problem::new(StatusCode::FORBIDDEN, "second_factor_required", detail)
}

/// 403: a stolen token must not be enough to change how its owner signs in.
pub fn proof_required() -> Problem {
    let detail = "Sign in again, and do it within ten minutes, or send your password: this changes how you sign in.";
    Problem::new(StatusCode::FORBIDDEN, "fresh_sign_in_required", detail)
}

/// 429: wrong passwords for one account.
pub fn too_many_failures(budget: ::store::Budget, now: kernel::Timestamp) -> Problem {
    Problem::too_many(budget.retry_after_seconds(now))
}

fn user_unconfirmed() -> Problem {
    let detail = "The e-mail address is not confirmed yet: enter the code from the mail, or ask for another one.";
    Problem::new(StatusCode::FORBIDDEN, "user_unconfirmed", detail)
}

/// 403: the password was right and may not be used any longer.
pub fn password_reset_required() -> Problem {
    let detail = "The password must be replaced before signing in: ask for a code with forgot-password.";
    Problem::new(StatusCode::FORBIDDEN, "password_reset_required", detail)
}

fn code_not_sent() -> Problem {
    let detail = "The mail with the code could not be sent: try again in a moment.";
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "code_not_sent", detail).retry_after(THROTTLED_SECONDS)
}

fn throttled() -> Problem {
    let detail = "There are too many requests right now: try again in a moment.";
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", detail).retry_after(THROTTLED_SECONDS)
}

/// 422: a password that the policy forbids.
fn password_too_weak(code: &str, message: &str) -> Problem {
    let detail = "The password does not meet the policy; `errors` says what it asks for.";
    let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "password_too_weak", detail);
    problem.error("/password", code, message)
}

/// 422: a new password that is refused before the user pool is asked.
pub fn invalid_password(error: InvalidPassword) -> Problem {
    password_too_weak(error.code(), &error.to_string())
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Stale => Self::stale(),
            Refusal::Rejected(rejection) => rejection.into(),
        }
    }
}

impl From<Rejection> for Problem {
    fn from(rejection: Rejection) -> Self {
        match rejection {
            Rejection::NoRole => Self::invalid("/roles", "too_few", rejection.to_string()),
            Rejection::OwnOperatorRole => Self::conflict("own_operator_role", rejection.to_string()),
            Rejection::OwnAccount => Self::conflict("own_account", rejection.to_string()),
            Rejection::Suspended => Self::conflict("suspended", rejection.to_string()),
            Rejection::NoPhone => Self::conflict("no_phone", rejection.to_string()),
        }
    }
}

impl From<AddressRejection> for Problem {
    fn from(rejection: AddressRejection) -> Self {
        match rejection {
            AddressRejection::Unknown => Self::not_found(),
            AddressRejection::Full => Self::conflict("address_book_full", rejection.to_string()),
            AddressRejection::DefaultNeeded => Self::conflict("default_address_needed", rejection.to_string()),
        }
    }
}

impl From<InvalidPreferences> for Problem {
    fn from(error: InvalidPreferences) -> Self {
        match error {
            InvalidPreferences::TooMany { list, .. } => {
                Self::invalid(&format!("/{list}"), "too_many", error.to_string())
            }
            InvalidPreferences::QuietHours => Self::invalid("/quiet_hours", "no_length", error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACCOUNT_ERRORS: [IdentityError; 9] = [
        IdentityError::NotAuthorized,
        IdentityError::Unconfirmed,
        IdentityError::ResetRequired,
        IdentityError::Taken,
        IdentityError::Unknown,
        IdentityError::WrongCode,
        IdentityError::Invalid,
        IdentityError::Exhausted,
        IdentityError::Undelivered,
    ];

    #[test]
    fn every_step_answers_every_fault() {
        let unavailable = IdentityError::Unavailable("down".to_owned());
        let defect = IdentityError::Defect("denied".to_owned());
        for (step, error, status, code) in [
            (Step::SignUp, IdentityError::WeakPassword, 422, "password_too_weak"),
            (Step::SignUp, IdentityError::Invalid, 422, "invalid_body"),
            (Step::SignUp, IdentityError::Undelivered, 503, "code_not_sent"),
            (Step::SignUp, IdentityError::Throttled, 429, "too_many_requests"),
            (Step::SignIn, IdentityError::NotAuthorized, 401, "invalid_credentials"),
            (Step::SignIn, IdentityError::Unknown, 401, "invalid_credentials"),
            (Step::SignIn, IdentityError::Exhausted, 401, "invalid_credentials"),
            (Step::SignIn, IdentityError::Invalid, 401, "invalid_credentials"),
            (Step::SignIn, IdentityError::Unconfirmed, 403, "user_unconfirmed"),
            (
                Step::SignIn,
                IdentityError::ResetRequired,
                403,
                "password_reset_required",
            ),
            (Step::SignIn, IdentityError::Throttled, 429, "too_many_requests"),
            (Step::SignIn, unavailable.clone(), 503, "unavailable"),
            (Step::SignIn, defect.clone(), 500, "internal"),
            (Step::Challenge, IdentityError::WrongCode, 422, "invalid_code"),
            (Step::Challenge, IdentityError::NotAuthorized, 401, "invalid_session"),
            (Step::Challenge, IdentityError::Unknown, 401, "invalid_session"),
            (
                Step::Refresh,
                IdentityError::NotAuthorized,
                401,
                "invalid_refresh_token",
            ),
            (Step::Refresh, IdentityError::Unknown, 401, "invalid_refresh_token"),
            (Step::Code, IdentityError::WrongCode, 422, "invalid_code"),
            (Step::Code, IdentityError::NotAuthorized, 422, "invalid_code"),
            (Step::Code, IdentityError::Unknown, 422, "invalid_code"),
            (Step::Code, IdentityError::Exhausted, 422, "invalid_code"),
            (Step::Code, IdentityError::WeakPassword, 422, "password_too_weak"),
            (Step::Code, IdentityError::Throttled, 429, "too_many_requests"),
            (Step::Totp, IdentityError::NotAuthorized, 401, "unauthorized"),
            (Step::Totp, IdentityError::WrongCode, 422, "invalid_code"),
            (Step::Totp, IdentityError::Invalid, 422, "invalid_code"),
            (Step::Totp, IdentityError::Exhausted, 422, "invalid_code"),
            (Step::Manage, IdentityError::Unknown, 404, "not_found"),
            (Step::Manage, IdentityError::NotAuthorized, 500, "internal"),
            (Step::Manage, unavailable, 503, "unavailable"),
            (Step::Manage, defect, 500, "internal"),
        ] {
            let problem = identity(step, &error);
            assert_eq!((problem.status(), problem.code()), (status, code), "{step:?} {error:?}");
        }
    }

    #[test]
    fn a_code_never_tells_of_an_account() {
        let told: std::collections::BTreeSet<String> = ACCOUNT_ERRORS
            .iter()
            .map(|reason| serde_json::to_string(&identity(Step::Code, reason)).unwrap())
            .collect();
        assert_eq!(told.len(), 1, "{told:?}");
    }

    #[test]
    fn asking_for_a_code_never_tells_of_an_account() {
        for reason in ACCOUNT_ERRORS {
            assert!(accepted(Err(reason)).is_ok());
        }
        for (reason, status) in [
            (IdentityError::Throttled, 429),
            (IdentityError::Unavailable(String::new()), 503),
            (IdentityError::Defect(String::new()), 500),
        ] {
            assert_eq!(accepted(Err(reason)).map_err(|problem| problem.status()), Err(status));
        }
    }

    #[test]
    fn nothing_of_the_inside_is_told() {
        let problem = identity(Step::SignIn, &IdentityError::Defect("arn:aws:iam::1:role/x".to_owned()));
        assert!(!serde_json::to_string(&problem).unwrap().contains("arn"));
    }
}
