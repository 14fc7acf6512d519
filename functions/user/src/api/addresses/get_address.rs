//! `GET /v1/users/me/addresses/{address_id}`.

use axum::extract::State;
use kernel::{AddressId, Role};
use runtime::{Json, Path, Principal, Problem};

use super::views::AddressView;
use crate::app::App;
use crate::usecase::address_book;

/// One of my addresses
#[utoipa::path(get, path = "/v1/users/me/addresses/{address_id}", operation_id = "get_address", tag = "addresses",
    security(("token" = [])), params(("address_id" = AddressId, Path, description = "The address")), responses(
    (status = 200, description = "The address", body = AddressView),
    (status = 403, description = "`forbidden`: not a customer", body = Problem),
    (status = 404, description = "`not_found`: not one of yours", body = Problem),
))]
pub async fn get_address(
    State(app): State<App>,
    principal: Principal,
    Path(address_id): Path<AddressId>,
) -> Result<Json<AddressView>, Problem> {
    principal.require(Role::Customer)?;
    let book = address_book::find(&app.table, principal.user_id).await?;
    AddressView::of(&book, address_id)
        .map(Json)
        .ok_or_else(Problem::not_found)
}
