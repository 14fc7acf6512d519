//! Verifies a person's phone by a code that is sent to it.

use ::store::{Commit, CommitError, StoreError};
use contracts::Cause;
use kernel::UserId;

use super::own_user::{self, OwnUserError};
use super::user::Versioned;
use crate::app::App;
use crate::domain::{Change, Command, Phone, PhoneChange};
use crate::store::{PhoneCodeRecord, phone_code_key};
use crate::texts::{CODE_LASTS, SendError, Texts};

/// Why a code was not sent, or a phone not verified.
#[derive(Debug, thiserror::Error)]
pub enum PhoneCodeError {
    /// The code was not sent.
    #[error(transparent)]
    NotSent(#[from] SendError),
    /// The code is not the one that was sent, or too old.
    #[error("the code is wrong or too old")]
    WrongCode,
    /// The person's record was not changed.
    #[error(transparent)]
    User(#[from] OwnUserError),
    /// The table does not keep the code.
    #[error(transparent)]
    Commit(#[from] CommitError),
    /// The table does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Makes a number the person's, and sends a code to it.
///
/// # Errors
/// See [`PhoneCodeError`].
pub async fn send(app: &App, cause: &Cause, user_id: UserId, phone: Phone) -> Result<(), PhoneCodeError> {
    app.texts.spend(&app.table, user_id, &phone, cause.now).await?;
    let change = Change {
        phone: PhoneChange::Set(phone.clone()),
        ..Change::default()
    };
    own_user::execute(app, cause, user_id, None, Command::ChangeProfile(change)).await?;
    let code = Texts::draw();
    let record = PhoneCodeRecord {
        code: app.texts.digest(user_id, &phone, &code),
        phone,
        expires_at: (cause.now + CODE_LASTS).as_second(),
    };
    let commit = Commit::new(cause).also_put(&phone_code_key(user_id), &record);
    app.table.commit(commit).await?;
    Ok(app.texts.send(&record.phone, &code).await?)
}

/// Verifies the number that a code was sent to.
///
/// # Errors
/// See [`PhoneCodeError`].
pub async fn verify(app: &App, cause: &Cause, user_id: UserId, code: &str) -> Result<Versioned, PhoneCodeError> {
    let sent = app.table.get::<PhoneCodeRecord>(&phone_code_key(user_id)).await?;
    let sent = sent.map(|stored| stored.value).filter(|sent| {
        sent.expires_at > cause.now.as_second() && sent.code == app.texts.digest(user_id, &sent.phone, code)
    });
    let sent = sent.ok_or(PhoneCodeError::WrongCode)?;
    Ok(own_user::execute(app, cause, user_id, None, Command::VerifyPhone(sent.phone)).await?)
}
