//! Who asks.

use std::collections::HashMap;

use axum::extract::{FromRequestParts, Request};
use http::request::Parts;
use kernel::{Role, TypedId as _, UserId};
use lambda_http::request::RequestContext;

use super::Problem;
use crate::{Edge, Standing};

/// The signed-in person, from the access token that the gateway checked: signature, issuer, audience and times. Roles
/// and ownership are the service's to check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Principal {
    /// Who.
    pub user_id: UserId,
    /// What the person may be.
    pub roles: Vec<Role>,
}

impl Principal {
    /// Whether the person has a role.
    #[must_use]
    pub fn has(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }

    /// Demands a role.
    ///
    /// # Errors
    /// 403 without it.
    pub fn require(&self, role: Role) -> Result<(), Problem> {
        if self.has(role) {
            Ok(())
        } else {
            Err(Problem::forbidden())
        }
    }

    /// Notes who makes a request, as the gateway says. An operator's token is compared with what is known of the person:
    /// a role that was taken away is gone within seconds, not when the token ends.
    pub(super) async fn admit(edge: &Edge, request: &mut Request) -> Result<(), Problem> {
        let claims = match request.extensions().get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context
                .authorizer
                .as_ref()
                .and_then(|authorizer| authorizer.jwt.as_ref())
                .map(|jwt| &jwt.claims),
            _ => None,
        };
        if let Some(mut principal) = claims.and_then(Self::from_claims) {
            if principal.has(Role::Operator) {
                principal.roles = Standing::still_held(edge.table(), principal.user_id, principal.roles).await?;
            }
            request.extensions_mut().insert(principal);
        }
        Ok(())
    }

    /// Reads the claims of an access token. An identity token says who somebody is, but not that they may act.
    fn from_claims(claims: &HashMap<String, String>) -> Option<Self> {
        if claims.get("token_use").map(String::as_str) != Some("access") {
            return None;
        }
        let sub = uuid::Uuid::parse_str(claims.get("sub")?).ok()?;
        // The gateway hands the list over as `[customer courier]`.
        let groups = claims.get("cognito:groups").map_or("", String::as_str);
        let groups = groups
            .trim_matches(['[', ']'])
            .split([' ', ','])
            .map(|group| group.trim_matches('"'));
        let roles = groups.filter_map(|group| group.parse().ok()).collect();
        Some(Self {
            user_id: UserId::from_uuid(sub),
            roles,
        })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        parts
            .extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(Problem::unauthorized)
    }
}

/// Another service, which the gateway authenticated by its signature and its role's permission.
#[derive(Debug, Clone, Copy)]
pub struct InternalCaller;

impl<S: Send + Sync> FromRequestParts<S> for InternalCaller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let signed = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context
                .authorizer
                .as_ref()
                .is_some_and(|authorizer| authorizer.iam.is_some()),
            _ => false,
        };
        signed.then_some(Self).ok_or_else(Problem::forbidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(pairs: &[(&str, &str)]) -> HashMap<String, String> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    const SUB: (&str, &str) = ("sub", "7c1f0f6e-5d3a-4f0e-9f43-1c2f8c0b7a11");

    #[test]
    fn takes_access_tokens_only() {
        let groups = ("cognito:groups", "[customer courier admins]");
        let principal = Principal::from_claims(&claims(&[SUB, ("token_use", "access"), groups])).unwrap();
        assert_eq!(principal.roles, [Role::Customer, Role::Courier]);
        assert!(principal.require(Role::Operator).is_err());
        assert_eq!(
            Principal::from_claims(&claims(&[SUB, ("token_use", "id"), groups])),
            None
        );
        assert_eq!(
            Principal::from_claims(&claims(&[("token_use", "access"), groups])),
            None
        );
        assert_eq!(
            Principal::from_claims(&claims(&[("sub", "me"), ("token_use", "access")])),
            None
        );
    }

    #[test]
    fn no_groups_no_roles() {
        let principal = Principal::from_claims(&claims(&[SUB, ("token_use", "access")])).unwrap();
        assert_eq!(principal.roles, []);
    }
}
