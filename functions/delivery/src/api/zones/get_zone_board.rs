//! `GET /v1/zones/{zone_id}/board`.

use ::store::Freshness;
use axum::extract::State;
use http::StatusCode;
use kernel::{CourierId, DeliveryId, OrderId, Position, RestaurantId, Role, Timestamp};
use runtime::{Json, Path, Principal, Problem, Query, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::api::shapes::VehicleName;
use crate::api::shapes::{StateName, ZoneId};
use crate::api::views::{CourierStatus, CourierView};
use crate::app::App;
use crate::domain::Vehicle;
use crate::domain::cell::Zone;
use crate::domain::epoch::Seen;
use crate::domain::open_delivery::OpenDelivery;
use crate::store::{self, Found};

/// Deliveries on a board, unless another number is asked for.
const SHOWN_DEFAULT: usize = 50;
/// Deliveries, and couriers, on a board at most: each is read.
const SHOWN_MAX: usize = 100;

/// How much is shown.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Shown {
    /// Deliveries, and couriers, that are shown: 1 to 100, by default 50. Those that are latest come first.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<usize>,
}

const _: () = assert!(SHOWN_DEFAULT == 50 && SHOWN_MAX == 100, "the parameter above says so");

/// What goes on in a zone.
#[derive(Debug, Serialize, ToSchema)]
pub struct Board {
    /// The zone.
    #[schema(value_type = ZoneId)]
    zone_id: String,
    /// How many there are.
    counts: Counts,
    /// What the last look at the zone saw and did; nothing before the first.
    last_epoch: Option<EpochView>,
    /// Deliveries that have not ended, the latest first.
    deliveries: Vec<BoardDelivery>,
    /// Couriers on shift who were last seen in the zone, the longest unseen first.
    couriers: Vec<BoardCourier>,
}

/// How many there are.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counts {
    /// Deliveries that have not ended.
    open: usize,
    /// Those that nobody is bound to.
    waiting: usize,
    /// Those that should have arrived.
    late: usize,
    /// Those that an operator was told of, because nobody took them.
    escalated: usize,
    /// Couriers on shift.
    couriers: usize,
}

/// What an epoch saw and did.
#[derive(Debug, Serialize, ToSchema)]
pub struct EpochView {
    /// Deliveries that nobody was bound to.
    waiting: usize,
    /// Couriers who might have been asked.
    candidates: usize,
    /// Offers that were made.
    offered: usize,
    /// Trips that were held for later.
    held: usize,
    /// Deliveries that nobody could bring.
    unplaced: usize,
}

/// A delivery that has not ended.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardDelivery {
    /// The delivery.
    delivery_id: DeliveryId,
    /// Its order.
    order_id: OrderId,
    /// Who cooks it.
    restaurant_id: RestaurantId,
    /// Where it stands.
    #[schema(value_type = StateName)]
    state: &'static str,
    /// Seconds since the restaurant accepted it.
    age_s: i64,
    /// When the food is, or should be, ready.
    ready_at: Timestamp,
    /// Seconds since it should have arrived; 0 while it may still be in time.
    late_s: i64,
    /// Who is asked or on the way.
    courier_id: Option<CourierId>,
    /// How many offers were made.
    offers: u32,
    /// Whether an operator was told that nobody takes it.
    escalated: bool,
}

/// A courier on shift.
#[derive(Debug, Serialize, ToSchema)]
pub struct BoardCourier {
    /// The courier.
    courier_id: CourierId,
    /// What the courier is doing.
    status: CourierStatus,
    /// What the courier rides.
    #[schema(value_type = VehicleName)]
    vehicle: Vehicle,
    /// Where the courier was last seen.
    position: Position,
    /// When that was.
    seen_at: Timestamp,
    /// Deliveries that the courier has taken and not ended.
    deliveries: usize,
}

/// See what goes on in a zone
///
/// For operators. What is listed may be a moment old; the states of the deliveries shown are their own.
#[utoipa::path(get, path = "/v1/zones/{zone_id}/board", operation_id = "get_zone_board", tag = "zones",
    security(("token" = [])), params(("zone_id" = ZoneId, Path, description = "The zone: H3's index of a cell of resolution 5"), Shown), responses(
    (status = 200, description = "What goes on", body = Board),
    (status = 400, description = "`invalid_query`", body = Problem),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
    (status = 404, description = "`not_found`: no such zone", body = Problem),
))]
pub async fn get_zone_board(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(zone_id): Path<String>,
    Query(shown): Query<Shown>,
) -> Result<Json<Board>, Problem> {
    principal.require(Role::Operator)?;
    let zone: Zone = zone_id.parse().map_err(|_| Problem::not_found())?;
    let limit = shown.limit.unwrap_or(SHOWN_DEFAULT);
    if !(1..=SHOWN_MAX).contains(&limit) {
        let detail = format!("`limit` must be 1 to {SHOWN_MAX}.");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "invalid_query", detail));
    }
    let now = cause.now;
    let zones = [zone];
    let (mut open, mut seen, figures) = tokio::try_join!(
        store::open_of(&app.table, zone, Freshness::Recent, now),
        store::seen_in(&app.table, &zones),
        store::last_figures(&app.table, zone),
    )?;
    open.sort_by_key(|open| (open.latest, open.delivery_id));
    seen.sort_by_key(|seen| (seen.at, seen.courier_id));
    let count = |what: &dyn Fn(&OpenDelivery) -> bool| open.iter().filter(|open| what(open)).count();
    let counts = Counts {
        open: open.len(),
        waiting: count(&OpenDelivery::waits),
        late: count(&|open| open.latest < now),
        escalated: count(&|open| open.escalated),
        couriers: seen.len(),
    };
    open.truncate(limit);
    seen.truncate(limit);
    Ok(Json(Board {
        zone_id,
        counts,
        last_epoch: figures.map(|figures| EpochView {
            waiting: figures.waiting,
            candidates: figures.candidates,
            offered: figures.offered,
            held: figures.held,
            unplaced: figures.unplaced,
        }),
        deliveries: deliveries(&app, &open, now).await?,
        couriers: couriers(&app, &seen).await?,
    }))
}

async fn deliveries(app: &App, open: &[OpenDelivery], now: Timestamp) -> Result<Vec<BoardDelivery>, Problem> {
    let mut shown = Vec::new();
    for row in open {
        let found = store::load_fresh(&app.table, row.delivery_id, Freshness::Recent).await?;
        // What has ended since the list was read is no longer shown.
        let Found::Delivery(loaded) = found else { continue };
        let Some(open) = OpenDelivery::of(row.delivery_id, &loaded.delivery, loaded.sequence) else {
            continue;
        };
        shown.push(BoardDelivery {
            delivery_id: open.delivery_id,
            order_id: open.order_id,
            restaurant_id: open.restaurant_id,
            state: loaded.delivery.progress.state.phase().as_str(),
            age_s: now.duration_since(open.begun_at).as_secs(),
            ready_at: open.ready_at,
            late_s: now.duration_since(open.latest).as_secs().max(0),
            courier_id: open.courier_id,
            offers: open.offers,
            escalated: open.escalated,
        });
    }
    Ok(shown)
}

async fn couriers(app: &App, seen: &[Seen]) -> Result<Vec<BoardCourier>, Problem> {
    let ids: Vec<CourierId> = seen.iter().map(|seen| seen.courier_id).collect();
    let records = store::couriers(&app.table, &ids, Freshness::Recent).await?;
    let shown = seen.iter().filter_map(|seen| {
        let (_, _, courier) = records.iter().find(|(id, ..)| *id == seen.courier_id)?;
        let shift = courier.shift()?;
        Some(BoardCourier {
            courier_id: seen.courier_id,
            status: CourierView::new(seen.courier_id, courier).status,
            vehicle: courier.vehicle,
            position: seen.position,
            seen_at: seen.at,
            deliveries: shift.jobs.len(),
        })
    });
    Ok(shown.collect())
}
