//! `DELETE /v1/users/me/addresses/{address_id}`.

use axum::extract::State;
use http::StatusCode;
use kernel::{AddressId, Role};
use runtime::{Path, Principal, Problem, RequestCause};

use crate::app::App;
use crate::usecase::address_book;

/// Remove an address
///
/// If it was the default, the oldest of the others becomes it.
#[utoipa::path(delete, path = "/v1/users/me/addresses/{address_id}", operation_id = "remove_address", tag = "addresses",
    security(("token" = [])), params(("address_id" = AddressId, Path, description = "The address")), responses(
    (status = 204, description = "Gone"),
    (status = 403, description = "`forbidden`: not a customer", body = Problem),
    (status = 404, description = "`not_found`: not one of yours, or gone already", body = Problem),
))]
pub async fn remove_address(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(address_id): Path<AddressId>,
) -> Result<StatusCode, Problem> {
    principal.require(Role::Customer)?;
    address_book::change(&app.table, &cause, principal.user_id, |book| book.remove(address_id)).await?;
    Ok(StatusCode::NO_CONTENT)
}
