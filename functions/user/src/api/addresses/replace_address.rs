//! `PUT /v1/users/me/addresses/{address_id}`.

use axum::extract::State;
use kernel::{AddressId, Role};
use runtime::{Json, Path, Principal, Problem, RequestCause};

use super::views::{AddressView, NewAddress};
use crate::app::App;
use crate::domain::Address;
use crate::usecase::address_book;

/// Replace an address
///
/// `default` left out leaves the default where it is.
#[utoipa::path(put, path = "/v1/users/me/addresses/{address_id}", operation_id = "replace_address", tag = "addresses",
    security(("token" = [])), request_body = NewAddress,
    params(("address_id" = AddressId, Path, description = "The address")), responses(
    (status = 200, description = "As it is now", body = AddressView),
    (status = 403, description = "`forbidden`: not a customer", body = Problem),
    (status = 404, description = "`not_found`: not one of yours", body = Problem),
    (status = 409, description = "`default_address_needed`: make another one the default", body = Problem),
))]
pub async fn replace_address(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(address_id): Path<AddressId>,
    Json(body): Json<NewAddress>,
) -> Result<Json<AddressView>, Problem> {
    principal.require(Role::Customer)?;
    let default = body.default;
    let address = Address::from(body);
    let book = address_book::change(&app.table, &cause, principal.user_id, |book| {
        book.replace(address_id, address.clone(), default)
    })
    .await?;
    AddressView::of(&book, address_id)
        .map(Json)
        .ok_or_else(Problem::not_found)
}
