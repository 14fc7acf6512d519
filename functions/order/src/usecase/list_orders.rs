//! The lists of orders: a page of an index, each of its orders as it was a moment ago.

use std::collections::HashMap;

use ::store::{Index, Page, Query, StoreError};

use crate::app::App;
use crate::domain::StateName;
use crate::store::{Listed, Pointer, Progress, load_listed, newest};

/// Rounds in which a page of orders in one state is filled. A page may end up short; its position goes on.
const ROUNDS_MAX: usize = 5;

/// A page of a list.
pub struct OrderPage {
    /// The orders.
    pub orders: Vec<Listed>,
    /// Where the next page begins; `None` when this was the last.
    pub next: Option<HashMap<String, String>>,
}

fn wanted(state: Option<StateName>) -> impl Fn(&Listed) -> bool {
    move |listed| state.is_none_or(|state| listed.state.name() == state)
}

/// Reads a page of one partition of an index: only orders in a state, if one is given.
///
/// # Errors
/// When the table does not answer.
pub async fn list_orders(
    app: &App,
    mut query: Query,
    index: Index,
    state: Option<StateName>,
    limit: usize,
) -> Result<OrderPage, StoreError> {
    let mut orders = Vec::new();
    let mut next = None;
    for _ in 0..ROUNDS_MAX {
        let pointers: Page<Pointer> = app.table.query(&query).await?;
        let entries = || pointers.items.iter().map(|stored| &stored.value);
        let ids: Vec<_> = entries().filter_map(Pointer::order_id).collect();
        let listed = load_listed(&app.table, &app.ended_orders, &ids).await?;
        for order in listed.into_iter().filter(wanted(state)) {
            let order_id = Some(order.order_id);
            orders.push(order);
            if orders.len() == limit {
                let rest = pointers.next.is_some() || ids.last().copied() != order_id;
                let last = entries().find(|pointer| pointer.order_id() == order_id);
                let next = last.filter(|_| rest).map(|pointer| pointer.position(index));
                return Ok(OrderPage { orders, next });
            }
        }
        next = pointers.next;
        if next.is_none() {
            break;
        }
        query = query.after(next.clone());
    }
    Ok(OrderPage { orders, next })
}

/// Reads a page of all orders, and moves the progress on: only orders in a state, if one is given.
///
/// # Errors
/// When the table does not answer.
pub async fn list_all_orders(
    app: &App,
    progress: &mut Progress,
    state: Option<StateName>,
    limit: usize,
) -> Result<Vec<Listed>, StoreError> {
    let mut orders = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let ids = newest(&app.table, progress, limit - orders.len()).await?;
        let listed = load_listed(&app.table, &app.ended_orders, &ids).await?;
        orders.extend(listed.into_iter().filter(wanted(state)));
        if orders.len() >= limit || progress.is_over() {
            break;
        }
    }
    Ok(orders)
}
