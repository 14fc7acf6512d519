//! The person who sends a request.

use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::Role;
use runtime::{Principal, Problem};

use crate::domain::Caller;

impl<S: Send + Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let principal = Principal::from_request_parts(parts, state).await?;
        Ok(Self {
            user_id: principal.user_id,
            is_operator: principal.has(Role::Operator),
        })
    }
}
