//! `GET /v1/users/me/addresses`.

use axum::extract::State;
use kernel::Role;
use runtime::{Json, Listing, Principal, Problem};

use super::views::AddressView;
use crate::app::App;
use crate::usecase::address_book;

/// My addresses
///
/// All of them on one page, oldest first.
#[utoipa::path(get, path = "/v1/users/me/addresses", operation_id = "list_addresses", tag = "addresses",
    security(("token" = [])), responses(
    (status = 200, description = "At most 20", body = Listing<AddressView>),
    (status = 403, description = "`forbidden`: not a customer", body = Problem),
))]
pub async fn list_addresses(
    State(app): State<App>,
    principal: Principal,
) -> Result<Json<Listing<AddressView>>, Problem> {
    principal.require(Role::Customer)?;
    let book = address_book::find(&app.table, principal.user_id).await?;
    let items = AddressView::all(&book);
    Ok(Json(Listing {
        items,
        next_cursor: None,
    }))
}
