//! The identity provider: a Cognito user pool, which keeps passwords, codes, tokens and groups.
//!
//! Each function is one call of the pool. What an answer means for a client is decided in `api`.

mod claims;
mod error;
mod pool_client;
mod session;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::{Arc, OnceLock};

use aws_sdk_cognitoidentityprovider::Client;
use aws_sdk_cognitoidentityprovider::types::{
    AttributeType, AuthFlowType, AuthenticationResultType, ChallengeNameType, SoftwareTokenMfaSettingsType,
    VerifySoftwareTokenResponseType,
};
use kernel::{Role, Timestamp, TypedId as _, UserId};
use runtime::Edge;
use uuid::Uuid;

pub use claims::Claims;
pub use error::IdentityError;
pub use pool_client::PoolClient;
pub use session::Challenged;

use crate::domain::{Email, NewPassword};

/// The state of an account that waits for its code.
const UNCONFIRMED: &str = "UNCONFIRMED";

/// The user pool, as one of its clients. Cheap to clone.
#[derive(Clone)]
pub struct Identity {
    edge: Edge,
    /// Made at its first use, not at the start: most requests need no pool.
    client: Arc<OnceLock<Client>>,
    pool_id: String,
    pool_client: PoolClient,
}

/// What the pool knows of an account: how a person signs in, and nothing else. What the person said at sign-up stands in
/// the table, since the owner of a token may write the pool's attributes past this service.
#[derive(Debug, Clone)]
pub struct Account {
    /// The person.
    pub user_id: UserId,
    /// False until a code has confirmed the address.
    pub confirmed: bool,
    /// The address.
    pub email: Option<Email>,
    /// Whether it is confirmed: people may change it past this service.
    pub email_verified: bool,
    /// Whether every sign-in needs a one-time password.
    pub has_totp: bool,
}

/// What a person is let in with.
#[derive(Clone, PartialEq, Eq)]
pub struct Tokens {
    /// Goes with every request.
    pub access_token: String,
    /// Says who signed in.
    pub id_token: String,
    /// Gets new tokens; nothing if the one that was used stays good.
    pub refresh_token: Option<String>,
    /// Seconds until the access token ends.
    pub expires_in: u32,
}

/// What a right password leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// In.
    Done(Tokens),
    /// A one-time password is needed too.
    Totp(Challenged),
    /// The password is a temporary one.
    TemporaryPassword,
}

impl Identity {
    /// A pool through one of its clients.
    #[must_use]
    pub fn new(edge: &Edge, pool_id: String, pool_client: PoolClient) -> Self {
        Self {
            edge: edge.clone(),
            client: Arc::default(),
            pool_id,
            pool_client,
        }
    }

    fn client(&self) -> &Client {
        self.client.get_or_init(|| Client::new(self.edge.sdk()))
    }

    /// Makes an account that waits for its code, and mails the code.
    ///
    /// # Errors
    /// [`IdentityError::Taken`] if the address has an account.
    pub async fn sign_up(&self, email: &Email, password: &NewPassword) -> Result<UserId, IdentityError> {
        let attribute = AttributeType::builder().name("email").value(email.as_str()).build();
        let output = self
            .client()
            .sign_up()
            .client_id(self.pool_client.id())
            .secret_hash(self.pool_client.proof(email.as_str()))
            .username(email.as_str())
            .password(password.as_str())
            .user_attributes(attribute.map_err(|error| IdentityError::Defect(error.to_string()))?)
            .send()
            .await
            .map_err(IdentityError::from_sdk)?;
        user_id(&output.user_sub)
    }

    /// Confirms an account by the code that was mailed. The account is named by its id, not by its address: one that was
    /// made for the address in between is another one.
    ///
    /// # Errors
    /// When the code is wrong, or [`IdentityError::NotAuthorized`] if the account is confirmed.
    pub async fn confirm(&self, user_id: UserId, code: &str) -> Result<(), IdentityError> {
        let username = user_id.uuid().to_string();
        let request = self.client().confirm_sign_up().client_id(self.pool_client.id());
        let request = request.secret_hash(self.pool_client.proof(&username));
        let request = request.username(username).confirmation_code(code);
        request.send().await.map(drop).map_err(IdentityError::from_sdk)
    }

    /// Deletes an account, if it is there.
    ///
    /// # Errors
    /// When the pool does not answer.
    pub async fn delete(&self, user_id: UserId) -> Result<(), IdentityError> {
        let request = self.client().admin_delete_user().user_pool_id(&self.pool_id);
        let sent = request.username(user_id.uuid().to_string()).send().await;
        let sent = sent.map(drop).map_err(IdentityError::from_sdk);
        if sent == Err(IdentityError::Unknown) {
            Ok(())
        } else {
            sent
        }
    }

    /// Deletes accounts that were made before a moment and still wait for their code: how many. One that cannot be deleted holds
    /// up no other.
    ///
    /// # Errors
    /// When the pool does not answer, or one was not deleted; those that were stay so.
    pub async fn delete_unconfirmed(&self, made_before: Timestamp) -> Result<usize, IdentityError> {
        let (mut deleted, mut page, mut failure) = (0, None, None);
        loop {
            let request = self.client().list_users().user_pool_id(&self.pool_id);
            let request = request.filter(format!("cognito:user_status = \"{UNCONFIRMED}\""));
            let output = request
                .set_pagination_token(page)
                .send()
                .await
                .map_err(IdentityError::from_sdk)?;
            for user in output.users.unwrap_or_default() {
                let waits = user.user_status.is_some_and(|status| status.as_str() == UNCONFIRMED);
                let made_at = user.user_create_date.map_or(i64::MAX, |date| date.secs());
                let (Some(username), true) = (user.username, waits && made_at < made_before.as_second()) else {
                    continue;
                };
                let request = self.client().admin_delete_user().user_pool_id(&self.pool_id);
                match request.username(username).send().await.map_err(IdentityError::from_sdk) {
                    // Gone by itself.
                    Ok(_) | Err(IdentityError::Unknown) => deleted += 1,
                    Err(error) => failure = Some(error),
                }
            }
            page = output.pagination_token;
            if page.is_none() {
                return failure.map_or(Ok(deleted), Err);
            }
        }
    }

    /// Mails another code.
    ///
    /// # Errors
    /// [`IdentityError::Invalid`] if the account is confirmed.
    pub async fn resend_code(&self, email: &Email) -> Result<(), IdentityError> {
        let request = self
            .client()
            .resend_confirmation_code()
            .client_id(self.pool_client.id());
        request
            .secret_hash(self.pool_client.proof(email.as_str()))
            .username(email.as_str())
            .send()
            .await
            .map(drop)
            .map_err(IdentityError::from_sdk)
    }

    /// Signs in by password.
    ///
    /// # Errors
    /// When the pair is wrong or the account is not ready for it.
    pub async fn sign_in(&self, email: &Email, password: &str) -> Result<SignIn, IdentityError> {
        let output = self
            .client()
            .admin_initiate_auth()
            .user_pool_id(&self.pool_id)
            .client_id(self.pool_client.id())
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", email.as_str())
            .auth_parameters("PASSWORD", password)
            .auth_parameters("SECRET_HASH", self.pool_client.proof(email.as_str()))
            .send()
            .await
            .map_err(IdentityError::from_sdk)?;
        let parameters = output.challenge_parameters.unwrap_or_default();
        match (output.authentication_result, output.challenge_name, output.session) {
            (Some(result), _, _) => tokens(result).map(SignIn::Done),
            (None, Some(ChallengeNameType::SoftwareTokenMfa), Some(session)) => {
                let username = parameters.get("USER_ID_FOR_SRP").map_or(email.as_str(), String::as_str);
                Ok(SignIn::Totp(Challenged {
                    username: username.to_owned(),
                    session,
                }))
            }
            (None, Some(ChallengeNameType::NewPasswordRequired), _) => Ok(SignIn::TemporaryPassword),
            (None, challenge, _) => Err(IdentityError::Defect(format!("unexpected challenge {challenge:?}"))),
        }
    }

    /// Completes a sign-in by a one-time password.
    ///
    /// # Errors
    /// When the session or the code is wrong or too old.
    pub async fn answer_totp(&self, challenged: &Challenged, code: &str) -> Result<Tokens, IdentityError> {
        let output = self
            .client()
            .admin_respond_to_auth_challenge()
            .user_pool_id(&self.pool_id)
            .client_id(self.pool_client.id())
            .challenge_name(ChallengeNameType::SoftwareTokenMfa)
            .session(&challenged.session)
            .challenge_responses("USERNAME", &challenged.username)
            .challenge_responses("SECRET_HASH", self.pool_client.proof(&challenged.username))
            .challenge_responses("SOFTWARE_TOKEN_MFA_CODE", code)
            .send()
            .await
            .map_err(IdentityError::from_sdk)?;
        let missing = || IdentityError::Defect(format!("unexpected challenge {:?}", output.challenge_name));
        tokens(output.authentication_result.ok_or_else(missing)?)
    }

    /// Begins to set a one-time password up: the secret for the person's authenticator app.
    ///
    /// # Errors
    /// [`IdentityError::NotAuthorized`] if the access token is dead.
    pub async fn begin_totp(&self, access_token: &str) -> Result<String, IdentityError> {
        let request = self.client().associate_software_token().access_token(access_token);
        let output = request.send().await.map_err(IdentityError::from_sdk)?;
        output
            .secret_code
            .ok_or_else(|| IdentityError::Defect("no secret for a one-time password".to_owned()))
    }

    /// Proves that the app has the secret. From now on a sign-in needs a code only after [`Self::demand_totp`].
    ///
    /// # Errors
    /// [`IdentityError::WrongCode`] if the code is not the secret's.
    pub async fn verify_totp(&self, access_token: &str, code: &str) -> Result<(), IdentityError> {
        let request = self.client().verify_software_token().access_token(access_token);
        let output = request.user_code(code).send().await.map_err(IdentityError::from_sdk)?;
        let proved = output.status == Some(VerifySoftwareTokenResponseType::Success);
        proved.then_some(()).ok_or(IdentityError::WrongCode)
    }

    /// Demands a one-time password at every sign-in, or no longer.
    ///
    /// # Errors
    /// [`IdentityError::NotAuthorized`] if the access token is dead; [`IdentityError::Invalid`] if no app has proved the secret.
    pub async fn demand_totp(&self, access_token: &str, demanded: bool) -> Result<(), IdentityError> {
        let settings = SoftwareTokenMfaSettingsType::builder()
            .enabled(demanded)
            .preferred_mfa(demanded)
            .build();
        let request = self.client().set_user_mfa_preference().access_token(access_token);
        let sent = request.software_token_mfa_settings(settings).send().await;
        sent.map(drop).map_err(IdentityError::from_sdk)
    }

    /// Trades a refresh token for new tokens.
    ///
    /// # Errors
    /// [`IdentityError::NotAuthorized`] if it is dead.
    pub async fn refresh(&self, refresh_token: &str) -> Result<Tokens, IdentityError> {
        let output = self
            .client()
            .get_tokens_from_refresh_token()
            .client_id(self.pool_client.id())
            .client_secret(self.pool_client.secret())
            .refresh_token(refresh_token)
            .send()
            .await
            .map_err(IdentityError::from_sdk)?;
        let missing = || IdentityError::Defect("a refresh without tokens".to_owned());
        tokens(output.authentication_result.ok_or_else(missing)?)
    }

    /// Ends all refresh tokens of an account. Access tokens end by themselves within the hour.
    ///
    /// # Errors
    /// When the pool does not answer, or [`IdentityError::Unknown`].
    pub async fn sign_out(&self, username: &str) -> Result<(), IdentityError> {
        let request = self.client().admin_user_global_sign_out().user_pool_id(&self.pool_id);
        request
            .username(username)
            .send()
            .await
            .map(drop)
            .map_err(IdentityError::from_sdk)
    }

    /// Mails a code to set another password with.
    ///
    /// # Errors
    /// When the pool does not answer, or the account cannot get one.
    pub async fn forgot_password(&self, email: &Email) -> Result<(), IdentityError> {
        let request = self.client().forgot_password().client_id(self.pool_client.id());
        request
            .secret_hash(self.pool_client.proof(email.as_str()))
            .username(email.as_str())
            .send()
            .await
            .map(drop)
            .map_err(IdentityError::from_sdk)
    }

    /// Sets another password by the code that was mailed.
    ///
    /// # Errors
    /// When the code or the password is refused.
    pub async fn reset_password(&self, email: &Email, code: &str, password: &NewPassword) -> Result<(), IdentityError> {
        let request = self.client().confirm_forgot_password().client_id(self.pool_client.id());
        let request = request
            .secret_hash(self.pool_client.proof(email.as_str()))
            .username(email.as_str())
            .confirmation_code(code)
            .password(password.as_str());
        request.send().await.map(drop).map_err(IdentityError::from_sdk)
    }

    /// What the pool knows of an account, by address or id.
    ///
    /// # Errors
    /// When the pool does not answer, or [`IdentityError::Unknown`].
    pub async fn account(&self, username: &str) -> Result<Account, IdentityError> {
        let request = self.client().admin_get_user().user_pool_id(&self.pool_id);
        let output = request
            .username(username)
            .send()
            .await
            .map_err(IdentityError::from_sdk)?;
        let confirmed = output.user_status.is_some_and(|status| status.as_str() != UNCONFIRMED);
        let factors = output.user_mfa_setting_list.unwrap_or_default();
        let attributes = output.user_attributes.unwrap_or_default();
        let mut attributes: BTreeMap<String, String> = attributes
            .into_iter()
            .filter_map(|attribute| Some((attribute.name, attribute.value?)))
            .collect();
        let mut take = |name| attributes.remove(name);
        Ok(Account {
            user_id: user_id(&take("sub").unwrap_or_default())?,
            confirmed,
            email_verified: take("email_verified").as_deref() == Some("true"),
            email: take("email").and_then(|email| email.try_into().ok()),
            has_totp: factors.iter().any(|factor| factor == "SOFTWARE_TOKEN_MFA"),
        })
    }

    /// The groups of an account that are roles.
    ///
    /// # Errors
    /// When the pool does not answer, or [`IdentityError::Unknown`].
    pub async fn roles(&self, user_id: UserId) -> Result<BTreeSet<Role>, IdentityError> {
        let request = self.client().admin_list_groups_for_user().user_pool_id(&self.pool_id);
        let output = request
            .username(user_id.uuid().to_string())
            .send()
            .await
            .map_err(IdentityError::from_sdk)?;
        let groups: Vec<String> = output
            .groups
            .unwrap_or_default()
            .into_iter()
            .filter_map(|group| group.group_name)
            .collect();
        Ok(claims::roles(&groups))
    }

    /// Puts an account into a role's group; once more changes nothing.
    ///
    /// # Errors
    /// When the pool does not answer, or [`IdentityError::Unknown`].
    pub async fn grant(&self, user_id: UserId, role: Role) -> Result<(), IdentityError> {
        let request = self.client().admin_add_user_to_group().user_pool_id(&self.pool_id);
        let request = request.username(user_id.uuid().to_string()).group_name(role.as_str());
        request.send().await.map(drop).map_err(IdentityError::from_sdk)
    }

    /// Takes an account out of a role's group; once more changes nothing.
    ///
    /// # Errors
    /// When the pool does not answer, or [`IdentityError::Unknown`].
    pub async fn revoke(&self, user_id: UserId, role: Role) -> Result<(), IdentityError> {
        let request = self.client().admin_remove_user_from_group().user_pool_id(&self.pool_id);
        let request = request.username(user_id.uuid().to_string()).group_name(role.as_str());
        request.send().await.map(drop).map_err(IdentityError::from_sdk)
    }
}

fn user_id(sub: &str) -> Result<UserId, IdentityError> {
    let uuid = Uuid::parse_str(sub).map_err(|_| IdentityError::Defect("an account without a sub".to_owned()))?;
    Ok(UserId::from_uuid(uuid))
}

fn tokens(result: AuthenticationResultType) -> Result<Tokens, IdentityError> {
    let missing = || IdentityError::Defect("a sign-in without tokens".to_owned());
    Ok(Tokens {
        access_token: result.access_token.ok_or_else(missing)?,
        id_token: result.id_token.ok_or_else(missing)?,
        refresh_token: result.refresh_token,
        expires_in: u32::try_from(result.expires_in).unwrap_or_default(),
    })
}

/// Secrets, so nothing of them is shown.
impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tokens(redacted)")
    }
}
