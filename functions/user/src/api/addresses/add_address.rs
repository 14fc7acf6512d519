//! `POST /v1/users/me/addresses`.

use ::store::Answer;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, header};
use kernel::Role;
use runtime::{IdempotencyKey, Json, Principal, Problem, RequestCause, ids, replay};

use super::views::{AddressView, NewAddress};
use crate::app::App;
use crate::domain::{Address, AddressRejection};
use crate::usecase::address_book::{self, Addition};

/// Save an address
#[utoipa::path(post, path = "/v1/users/me/addresses", operation_id = "add_address", tag = "addresses",
    security(("token" = [])), request_body = NewAddress,
    params(("Idempotency-Key" = String, Header, description = "New for each request; the same again gets the same answer")), responses(
    (status = 201, description = "Saved", body = AddressView),
    (status = 400, description = "`idempotency_key_missing` or `malformed_json`", body = Problem),
    (status = 403, description = "`forbidden`: not a customer", body = Problem),
    (status = 409, description = "`address_book_full`: there are 20", body = Problem),
    (status = 422, description = "`invalid_body` or `idempotency_key_reused`", body = Problem),
))]
pub async fn add_address(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    key: IdempotencyKey,
    Json(body): Json<NewAddress>,
) -> Result<Response, Problem> {
    principal.require(Role::Customer)?;
    let request = key.request(&principal, "add_address", &body);
    let (address_id, default) = (ids::new(), body.default == Some(true));
    let address = Address::from(body);
    let added = address_book::add(&app.table, &cause, principal.user_id, &request, |book| {
        book.add(address_id, address.clone(), default)?;
        let view = AddressView::of(book, address_id).ok_or(AddressRejection::Unknown)?;
        let body = serde_json::to_string(&view).map_err(|_| AddressRejection::Unknown)?;
        Ok(Answer {
            status: StatusCode::CREATED.as_u16(),
            body,
        })
    });
    match added.await? {
        Addition::Done(answer) => Ok((
            StatusCode::CREATED,
            [(header::CONTENT_TYPE, "application/json")],
            answer.body,
        )
            .into_response()),
        Addition::Known(precedent) => replay(precedent)?.ok_or_else(Problem::in_progress),
    }
}
