//! What the three lists of orders share.

use ::store::{CursorKey, Index, Page, Query};
use runtime::{Listing, Paging, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::OrderSummary;
use crate::app::App;
use crate::domain::StateName;
use crate::store::{Loaded, Pointer, load_all};

/// Rounds in which a page of orders in one state is filled. A page may end up short; its cursor goes on.
pub const ROUNDS_MAX: usize = 5;

/// Which orders, and where the page begins.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OrdersQuery {
    /// Only orders in this state.
    #[param(inline)]
    pub state: Option<StateName>,
    /// Orders on the page: 1 to 100, by default 20.
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: Option<usize>,
    /// Where the page before ended.
    pub cursor: Option<String>,
}

impl OrdersQuery {
    /// How many orders the page may have.
    ///
    /// # Errors
    /// 400 when the client asks for none or for too many.
    pub fn limit(&self) -> Result<usize, Problem> {
        let paging = Paging {
            limit: self.limit,
            cursor: None,
        };
        paging.limit()
    }

    /// Whether an order is asked for.
    pub fn wants(&self, loaded: &Loaded) -> bool {
        self.state.is_none_or(|state| loaded.order.state.name() == state)
    }
}

/// A page of one partition of an index. The index holds keys only, so each order is read as it is now.
///
/// # Errors
/// 400 for a cursor of another list; when the table does not answer.
pub async fn page(
    app: &App,
    partition: impl Fn(usize) -> Query,
    index: Index,
    asked: &OrdersQuery,
) -> Result<Listing<OrderSummary>, Problem> {
    let limit = asked.limit()?;
    let mut query = partition(limit).after_cursor(&app.cursor_key, asked.cursor.as_deref())?;
    let mut items: Vec<OrderSummary> = Vec::new();
    let mut position = None;
    for _ in 0..ROUNDS_MAX {
        let pointers: Page<Pointer> = app.table.query(&query).await?;
        let ids: Vec<_> = pointers
            .items
            .iter()
            .filter_map(|pointer| pointer.value.order_id())
            .collect();
        for loaded in load_all(&app.table, &ids)
            .await?
            .into_iter()
            .filter(|loaded| asked.wants(loaded))
        {
            let order_id = loaded.order.id;
            items.push(loaded.into());
            if items.len() == limit {
                let last = pointers
                    .items
                    .iter()
                    .find(|pointer| pointer.value.order_id() == Some(order_id));
                let rest = pointers.next.is_some() || ids.last() != Some(&order_id);
                let position = last.filter(|_| rest).map(|pointer| pointer.value.position(index));
                return Ok(listing(&app.cursor_key, &query, items, position));
            }
        }
        position = pointers.next;
        if position.is_none() {
            break;
        }
        query = query.after(position.clone());
    }
    Ok(listing(&app.cursor_key, &query, items, position))
}

fn listing(
    key: &CursorKey,
    query: &Query,
    items: Vec<OrderSummary>,
    next: Option<std::collections::HashMap<String, String>>,
) -> Listing<OrderSummary> {
    let end: Page<Pointer> = Page {
        items: Vec::new(),
        next,
    };
    Listing {
        next_cursor: query.cursor(key, &end),
        items,
    }
}
