//! What the three lists of orders share.

use ::store::{Index, Page, Query};
use runtime::{Listing, Paging, Problem};
use serde::Deserialize;
use utoipa::IntoParams;

use super::views::OrderSummary;
use crate::app::App;
use crate::domain::StateName;
use crate::usecase::list_orders::list_orders;

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
}

/// A page of one partition of an index.
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
    let query = partition(limit).after_cursor(&app.cursor_key, asked.cursor.as_deref())?;
    let page = list_orders(app, query.clone(), index, asked.state, limit).await?;
    let end: Page<()> = Page {
        items: Vec::new(),
        next: page.next,
    };
    Ok(Listing {
        next_cursor: query.cursor(&app.cursor_key, &end),
        items: page.orders.into_iter().map(OrderSummary::from).collect(),
    })
}
