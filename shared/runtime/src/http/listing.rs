//! Paged lists.

use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::Problem;

/// Records on a page when the client does not say.
pub const LIMIT_DEFAULT: usize = 20;
/// Records on a page at most.
pub const LIMIT_MAX: usize = 100;

/// A page of a list.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The records.
    pub items: Vec<T>,
    /// Send it as `cursor` for the next page; null: this was the last.
    #[schema(pattern = "^[A-Za-z0-9_-]+$", max_length = 2048)]
    pub next_cursor: Option<String>,
}

/// The query parameters of every list.
#[derive(Debug, Clone, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// Records on the page: 1 to 100, by default 20.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<usize>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl Paging {
    /// How many records the page may have.
    ///
    /// # Errors
    /// 400 when the client asks for none or for too many.
    pub fn limit(&self) -> Result<usize, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        let detail = || format!("`limit` must be 1 to {LIMIT_MAX}.");
        let valid = (1..=LIMIT_MAX).contains(&limit);
        valid
            .then_some(limit)
            .ok_or_else(|| Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail()))
    }
}

impl From<store::InvalidCursor> for Problem {
    fn from(_: store::InvalidCursor) -> Self {
        let detail = "The cursor is not one that this list returned.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_cursor", detail)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_the_page() {
        let limit = |limit| Paging { limit, cursor: None }.limit().ok();
        assert_eq!(limit(None), Some(LIMIT_DEFAULT));
        assert_eq!(limit(Some(1)), Some(1));
        assert_eq!(limit(Some(LIMIT_MAX)), Some(LIMIT_MAX));
        assert_eq!(limit(Some(0)), None);
        assert_eq!(limit(Some(LIMIT_MAX + 1)), None);
    }
}
