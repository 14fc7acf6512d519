//! `GET /v1/payment-methods`

use ::store::Index;
use axum::extract::State;
use kernel::Role;
use runtime::{Json, Listing, Paging, Principal, Problem, Query};

use super::views::PaymentMethod;
use crate::app::App;
use crate::store::{METHOD_PREFIX, MethodRecord, methods_partition};

/// Lists the caller's saved cards.
#[utoipa::path(
    get,
    path = "/v1/payment-methods",
    operation_id = "list_payment_methods",
    tag = "payment methods",
    params(Paging),
    responses(
        (status = 200, description = "The saved cards.", body = Listing<PaymentMethod>),
        (status = 400, description = "`invalid_query`: _limit_ cannot be.", body = Problem),
        (status = 403, description = "Only customers have payment methods.", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn list_payment_methods(
    State(app): State<App>,
    principal: Principal,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<PaymentMethod>>, Problem> {
    principal.require(Role::Customer)?;
    let query = ::store::Query::new(Index::Table, methods_partition(principal.user_id), paging.limit()?)
        .prefix(METHOD_PREFIX)
        .after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    let page = app.table.query::<MethodRecord>(&query).await?;
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let items = page.items.into_iter().map(|stored| stored.value.into()).collect();
    Ok(Json(Listing { items, next_cursor }))
}
