//! `GET /internal/users/{user_id}/addresses/{address_id}`: for the service that prices a delivery.

use axum::extract::State;
use contracts::internal::Address;
use kernel::{AddressId, UserId};
use runtime::{InternalCaller, Json, Path, Problem};

use crate::app::App;
use crate::usecase::address_book;

/// Where to bring it. The caller says whose address it must be, so another's is not found.
pub async fn get_delivery_address(
    State(app): State<App>,
    _: InternalCaller,
    Path((user_id, address_id)): Path<(UserId, AddressId)>,
) -> Result<Json<Address>, Problem> {
    let book = address_book::find(&app.table, user_id).await?;
    let saved = book.get(address_id).cloned().ok_or_else(Problem::not_found)?;
    let address = saved.address;
    Ok(Json(Address {
        line1: address.line1.into(),
        line2: address.line2.map(Into::into),
        city: address.city.into(),
        postal_code: address.postal_code.into(),
        country: address.country.into(),
        position: address.position,
        instructions: address.instructions.map(Into::into),
    }))
}
