//! Opens an account that waits for its code.

use ::store::{Attempts, ChangeError, Commit, StoreError};
use contracts::Cause;
use kernel::{Role, UserId};
use runtime::ids;

use super::registration::{self, RegistrationError};
use super::user::{self, Refusal};
use crate::app::App;
use crate::domain::{Command, Email, Locale, Name, NewPassword, Phone, UNCONFIRMED_MAX};
use crate::identity::IdentityError;
use crate::store::{SignUpRecord, sign_up_key};

/// What a person says at sign-up.
pub struct NewAccount {
    /// The address, which a code is mailed to.
    pub email: Email,
    /// The password.
    pub password: NewPassword,
    /// What to call the person.
    pub name: Name,
    /// For text messages, not verified yet.
    pub phone: Option<Phone>,
    /// The language to write in.
    pub locale: Locale,
    /// What the person wants to be.
    pub role: Role,
    /// The network address that the request came from, as a digest.
    pub from: String,
}

/// Why no account was opened.
#[derive(Debug, thiserror::Error)]
pub enum SignUpError {
    /// The user pool does not open the account.
    #[error(transparent)]
    NotOpened(IdentityError),
    /// The user pool or the table says no.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// The table does not keep what the person said, or that the address was tried again.
    #[error(transparent)]
    Change(#[from] ChangeError<Refusal>),
}

impl From<StoreError> for SignUpError {
    fn from(error: StoreError) -> Self {
        Self::Registration(error.into())
    }
}

/// An account that waits for its code.
struct Opened {
    user_id: UserId,
    /// True if it took the place of another one that waited.
    replaced: bool,
}

/// Opens an account and returns its id. If the address has a confirmed account, its owner hears of it, and the id is made up, so
/// that nobody can tell.
///
/// # Errors
/// See [`SignUpError`].
pub async fn sign_up(app: &App, cause: &Cause, new: NewAccount) -> Result<UserId, SignUpError> {
    if let Some(opened) = open(app, &new.email, &new.password).await? {
        let user_id = opened.user_id;
        remember(app, cause, new, opened).await?;
        Ok(user_id)
    } else {
        tell_owner(app, cause, &new.email).await?;
        Ok(ids::opaque())
    }
}

/// Makes an account; `None` if the address has a confirmed one.
///
/// A code proves the mailbox, and not who chose the password before it was entered. So an account that still waits is made
/// anew: the password, and the codes that were mailed, of whoever came before are worth nothing from then on.
async fn open(app: &App, email: &Email, password: &NewPassword) -> Result<Option<Opened>, SignUpError> {
    let mut replaced = false;
    // Another attempt is needed when others sign up with the same address at the same moment.
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        match app.identity.sign_up(email, password).await {
            Ok(user_id) => return Ok(Some(Opened { user_id, replaced })),
            Err(IdentityError::Taken) => {}
            Err(error) => return Err(SignUpError::NotOpened(error)),
        }
        match app.identity.account(email.as_str()).await {
            Ok(account) if account.confirmed => return Ok(None),
            Ok(account) => {
                let deleted = app.identity.delete(account.user_id).await;
                deleted.map_err(SignUpError::NotOpened)?;
            }
            // Somebody else deleted it in between.
            Err(IdentityError::Unknown) => {}
            Err(error) => return Err(RegistrationError::from(error).into()),
        }
        replaced = true;
    }
}

/// Keeps what the person said, bound to the account. A crash before this leaves an account that its code confirms, with the
/// role of a customer and the address for a name.
async fn remember(app: &App, cause: &Cause, new: NewAccount, opened: Opened) -> Result<(), SignUpError> {
    let key = sign_up_key(&new.email);
    let before = app.table.get::<SignUpRecord>(&key).await?;
    let before = before.filter(|stored| stored.value.expires_at > cause.now.as_second());
    let record = SignUpRecord {
        user_id: opened.user_id,
        name: new.name,
        phone: new.phone,
        locale: new.locale,
        role: new.role,
        from: new.from,
        repeated: opened.replaced || before.is_some(),
        expires_at: (cause.now + UNCONFIRMED_MAX).as_second(),
    };
    let kept = app.table.commit(Commit::new(cause).also_put(&key, &record)).await;
    Ok(kept.map_err(ChangeError::from)?)
}

/// Tells the owner of an address that has an account.
async fn tell_owner(app: &App, cause: &Cause, email: &Email) -> Result<(), SignUpError> {
    let account = match app.identity.account(email.as_str()).await {
        Ok(account) => account,
        // Somebody deleted it in between.
        Err(IdentityError::Unknown) => return Ok(()),
        Err(error) => return Err(RegistrationError::from(error).into()),
    };
    let user_id = account.user_id;
    // A crash between confirmation and registration may have left the owner without a record.
    if user::find(&app.table, user_id).await?.is_none() {
        registration::complete(app, cause, account).await?;
    }
    let report = Command::ReportRepeatedSignUp { at: cause.now };
    user::execute(&app.table, cause, user_id, None, report).await?;
    Ok(())
}
