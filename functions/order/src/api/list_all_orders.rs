//! `GET /v1/admin/orders`

use axum::extract::State;
use kernel::{OrderId, Role};
use runtime::{Json, Listing, Principal, Problem, Query};
use serde::{Deserialize, Serialize};
use tokio::task::JoinSet;

use super::listing::{OrdersQuery, ROUNDS_MAX};
use super::view::OrderSummary;
use crate::app::App;
use crate::store::{Pointer, SHARDS, load_all, shard_orders, shard_position};

/// Names the list for its cursors.
const SCOPE: &str = "all orders";

/// How far each shard of the list has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Progress(Vec<Shard>);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Shard {
    #[serde(rename = "b")]
    Beginning,
    #[serde(rename = "a")]
    After(OrderId),
    #[serde(rename = "e")]
    End,
}

/// All orders, newest first.
///
/// For operators.
#[utoipa::path(
    get,
    path = "/v1/admin/orders",
    tag = "operators",
    params(OrdersQuery),
    responses(
        (status = 200, description = "The orders", body = Listing<OrderSummary>),
        (status = 400, description = "A query that cannot be", body = Problem),
        (status = 403, description = "Not an operator", body = Problem),
    ),
    security(("token" = []))
)]
pub async fn list_all_orders(
    State(app): State<App>,
    principal: Principal,
    Query(asked): Query<OrdersQuery>,
) -> Result<Json<Listing<OrderSummary>>, Problem> {
    principal.require(Role::Operator)?;
    let limit = asked.limit()?;
    let scope = format!("{SCOPE}|{:?}", asked.state);
    let mut progress = match asked.cursor.as_deref() {
        Some(cursor) => app.cursor_key.open(&scope, cursor)?,
        None => Progress(vec![Shard::Beginning; usize::from(SHARDS)]),
    };
    let mut items: Vec<OrderSummary> = Vec::new();
    for _ in 0..ROUNDS_MAX {
        let missing = limit - items.len();
        let newest = newest(&app, &mut progress, missing).await?;
        let orders = load_all(&app.table, &newest).await?;
        items.extend(
            orders
                .into_iter()
                .filter(|order| asked.wants(order))
                .map(OrderSummary::from),
        );
        if items.len() >= limit || progress.is_over() {
            break;
        }
    }
    let next_cursor = if progress.is_over() {
        None
    } else {
        app.cursor_key.seal(&scope, &progress)
    };
    Ok(Json(Listing { items, next_cursor }))
}

impl Progress {
    fn is_over(&self) -> bool {
        self.0.iter().all(|shard| *shard == Shard::End)
    }
}

/// What one shard gives next, newest first, and whether that was the last of it.
struct Batch {
    shard: usize,
    ids: Vec<OrderId>,
    is_last: bool,
}

/// The newest orders over all shards after those that were read, at most `count`.
async fn newest(app: &App, progress: &mut Progress, count: usize) -> Result<Vec<OrderId>, Problem> {
    let mut reads = JoinSet::new();
    for (shard, after) in (0_u8..).zip(progress.0.iter().copied()) {
        let after = match after {
            Shard::End => continue,
            Shard::Beginning => None,
            Shard::After(order_id) => Some(shard_position(order_id)),
        };
        let (table, query) = (app.table.clone(), shard_orders(shard, count).after(after));
        reads.spawn(async move { (usize::from(shard), table.query::<Pointer>(&query).await) });
    }
    let mut batches = Vec::new();
    while let Some(read) = reads.join_next().await {
        let (shard, page) = read.map_err(|error| ::store::StoreError::Unavailable(error.to_string()))?;
        let page = page?;
        let ids = page
            .items
            .iter()
            .filter_map(|pointer| pointer.value.order_id())
            .collect();
        batches.push(Batch {
            shard,
            ids,
            is_last: page.next.is_none(),
        });
    }
    Ok(merge(progress, &batches, count))
}

/// Takes the newest of all batches, and notes how far each was used.
fn merge(progress: &mut Progress, batches: &[Batch], count: usize) -> Vec<OrderId> {
    let mut newest: Vec<_> = batches.iter().flat_map(|batch| batch.ids.iter().copied()).collect();
    newest.sort_unstable_by(|a, b| b.cmp(a));
    newest.truncate(count);
    for batch in batches {
        let used = batch.ids.iter().take_while(|id| newest.contains(id)).count();
        if let Some(shard) = progress.0.get_mut(batch.shard) {
            *shard = match used {
                used if used == batch.ids.len() && batch.is_last => Shard::End,
                0 => *shard,
                used => Shard::After(batch.ids[used - 1]),
            };
        }
    }
    newest
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::id;

    fn batch(shard: usize, numbers: &[u128], is_last: bool) -> Batch {
        Batch {
            shard,
            ids: numbers.iter().map(|number| id(*number)).collect(),
            is_last,
        }
    }

    #[test]
    fn shards_are_merged_by_time() {
        let mut progress = Progress(vec![Shard::Beginning; 3]);
        let batches = [
            batch(0, &[9, 4, 1], false),
            batch(1, &[8, 7], true),
            batch(2, &[], true),
        ];
        let newest = merge(&mut progress, &batches, 3);
        assert_eq!(newest, [9, 8, 7].map(id));
        assert_eq!(progress.0, [Shard::After(id(9)), Shard::End, Shard::End]);
        assert!(!progress.is_over());
        let newest = merge(&mut progress, &[batch(0, &[4, 1], true)], 3);
        assert_eq!(newest, [4, 1].map(id));
        assert!(progress.is_over());
    }

    #[test]
    fn an_unused_shard_begins_where_it_was() {
        let mut progress = Progress(vec![Shard::Beginning, Shard::After(id(3))]);
        let newest = merge(&mut progress, &[batch(0, &[9, 8], false), batch(1, &[2], true)], 2);
        assert_eq!(newest, [9, 8].map(id));
        assert_eq!(progress.0, [Shard::After(id(8)), Shard::After(id(3))]);
    }
}
