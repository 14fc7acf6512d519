//! What a sign-in answers.

use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes;
use crate::identity;

/// What lets a person in.
#[derive(Serialize, ToSchema)]
pub struct Tokens {
    /// Send it as `Authorization: Bearer …` with every request.
    #[schema(value_type = shapes::SignedToken)]
    access_token: String,
    /// Says who signed in. Not for requests.
    #[schema(value_type = shapes::SignedToken)]
    id_token: String,
    /// Gets new tokens for 30 days, until the person signs out.
    #[schema(value_type = shapes::RefreshToken)]
    refresh_token: String,
    /// Seconds until the access token ends.
    #[schema(minimum = 1, example = 3600)]
    expires_in: u32,
}

impl Tokens {
    /// From the user pool's. `kept` is the refresh token that the person holds and that stays good, if there is no new one.
    pub fn new(tokens: identity::Tokens, kept: String) -> Self {
        Self {
            access_token: tokens.access_token,
            id_token: tokens.id_token,
            refresh_token: tokens.refresh_token.unwrap_or(kept),
            expires_in: tokens.expires_in,
        }
    }
}
