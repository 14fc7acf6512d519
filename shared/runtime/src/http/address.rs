//! Where a request comes from, for budgets of those who are not signed in.

use std::net::IpAddr;

use axum::extract::FromRequestParts;
use http::request::Parts;
use kernel::Timestamp;
use lambda_http::request::RequestContext;
use store::{Budget, SpendError};

use super::Problem;
use crate::Edge;

/// The network address that a request comes from: a whole IPv4 address, or the first 64 bits of an IPv6 address, which is
/// what one household gets. It is counted, and never logged or stored in the clear.
#[derive(Clone, PartialEq, Eq)]
pub struct ClientAddress(String);

impl ClientAddress {
    fn parse(text: &str) -> Self {
        Self(match text.parse() {
            Ok(IpAddr::V6(address)) => {
                let [a, b, c, d, ..] = address.segments();
                format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
            }
            Ok(IpAddr::V4(address)) => address.to_string(),
            Err(_) => "unknown".to_owned(),
        })
    }

    /// A digest, to tell whether two requests come from the same address.
    #[must_use]
    pub fn digest(&self) -> String {
        store::digest(&self.0)
    }

    /// Counts an operation by the address. Where all requests come from one address, as on one machine, the template's
    /// `AddressBudgetFactor` widens such budgets.
    ///
    /// # Errors
    /// [`SpendError::Exhausted`] if there is no room.
    pub async fn spend(&self, edge: &Edge, budget: &Budget, now: Timestamp) -> Result<(), SpendError> {
        let budget = budget.times(edge.address_budget_factor());
        edge.table().spend(&budget, &self.0, now).await
    }
}

impl std::fmt::Debug for ClientAddress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ClientAddress(redacted)")
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ClientAddress {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let address = match parts.extensions.get::<RequestContext>() {
            Some(RequestContext::ApiGatewayV2(context)) => context.http.source_ip.as_deref(),
            _ => None,
        };
        Ok(Self::parse(address.unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_is_one_address() {
        let address = |text| ClientAddress::parse(text).0;
        assert_eq!(address("203.0.113.7"), "203.0.113.7");
        assert_eq!(address("2001:db8:1:2:3:4:5:6"), address("2001:db8:1:2:ffff::1"));
        assert_ne!(address("2001:db8:1:2::1"), address("2001:db8:1:3::1"));
        assert_eq!(address(""), "unknown");
    }
}
