//! `GET /v1/deliveries/reviews`.

use axum::extract::State;
use kernel::{CourierId, DeliveryId, Meters, OrderId, Role, Timestamp};
use runtime::{Json, Listing, Paging, Principal, Problem, Query, RequestCause};
use serde::Serialize;
use utoipa::ToSchema;

use crate::api::shapes::FailureReasonName;
use crate::api::views::CasesView;
use crate::app::App;
use crate::domain::FailureReason;
use crate::store::{self, ReviewRecord};

/// A failure that is to be judged.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReviewView {
    /// The delivery.
    delivery_id: DeliveryId,
    /// Its order.
    order_id: OrderId,
    /// Who reported it.
    courier_id: CourierId,
    /// What the courier said. What is `damaged` needs no judgement.
    #[schema(value_type = FailureReasonName)]
    reason: FailureReason,
    /// When.
    reported_at: Timestamp,
    /// Until when it may be judged; afterwards nobody is charged.
    review_by: Timestamp,
    /// True if the courier was seen at the door then.
    seen_at_door: bool,
    /// How far from the door the courier was seen, if somewhere else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<u32>)]
    distance_m: Option<Meters>,
    /// What else the courier was involved in lately.
    cases: CasesView,
}

/// List failures to be judged
///
/// What couriers could not hand over and nothing proves, the most urgent first, with how often it happened to the same
/// courier. Trail and incidents say more.
#[utoipa::path(get, path = "/v1/deliveries/reviews", operation_id = "list_failure_reviews", tag = "deliveries",
    security(("token" = [])), params(Paging), responses(
    (status = 200, description = "The failures", body = Listing<ReviewView>),
    (status = 400, description = "`invalid_query` or `invalid_cursor`", body = Problem),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
))]
pub async fn list_failure_reviews(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<ReviewView>>, Problem> {
    principal.require(Role::Operator)?;
    let query = store::reviews(paging.limit()?).after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    let page = app.table.query::<ReviewRecord>(&query).await?;
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let reviews: Vec<ReviewRecord> = page.items.into_iter().map(|stored| stored.value).collect();
    let couriers = reviews.iter().map(|review| review.courier_id);
    let cases = store::cases(&app.table, couriers, cause.now).await?;
    let view = |review: ReviewRecord| ReviewView {
        delivery_id: review.delivery_id,
        order_id: review.order_id,
        courier_id: review.courier_id,
        reason: review.reason,
        reported_at: review.reported_at,
        review_by: review.until,
        seen_at_door: review.seen,
        distance_m: review.distance_m,
        cases: cases.get(&review.courier_id).copied().unwrap_or_default().into(),
    };
    let items = reviews.into_iter().map(view).collect();
    Ok(Json(Listing { items, next_cursor }))
}
