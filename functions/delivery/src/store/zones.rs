//! Zones as the table holds them: their open deliveries, the lease of whoever runs them, and which of them are in use.

use ::store::{Commit, Freshness, Index, Key, Query, StoreError, Stored, Table};
use contracts::Cause;
use kernel::{CourierId, DeliveryId, OrderId, Position, RestaurantId, SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::ZONE_READ_MAX;
use crate::domain::cell::Zone;
use crate::domain::epoch::Trip;
use crate::domain::open_delivery::{Food, OpenDelivery};

/// The sort keys of open deliveries begin with it.
const OPEN_PREFIX: &str = "OPEN#";
/// The partition that lists the zones in use. It is written twice an hour for each of them, and read once a minute.
const LIST: &str = "ZONES";
/// The most zones in use at once: as many as there are zones on a continent.
const ZONES_MAX: usize = 10_000;
/// How long a zone stays listed without being listed again.
pub const LISTED_FOR: SignedDuration = SignedDuration::from_mins(30);
/// A zone that is in use is listed again when less than this is left.
const LISTED_AGAIN_BEFORE: SignedDuration = SignedDuration::from_mins(10);

/// An open delivery. Short names: a dozen of these are read for one read unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenRecord {
    d: DeliveryId,
    o: OrderId,
    r: RestaurantId,
    from: Position,
    to: Position,
    begun: i64,
    ready: i64,
    #[serde(default = "planned")]
    food: Food,
    latest: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<CourierId>,
    offers: u32,
    #[serde(default)]
    missed: bool,
    #[serde(default)]
    escalated: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    declined: Vec<CourierId>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    silent: Vec<CourierId>,
    expires_at: i64,
}

/// Rows that were written before there was more to say.
const fn planned() -> Food {
    Food::Planned
}

impl From<&OpenDelivery> for OpenRecord {
    fn from(open: &OpenDelivery) -> Self {
        Self {
            d: open.delivery_id,
            o: open.order_id,
            r: open.restaurant_id,
            from: open.pickup,
            to: open.drop_off,
            begun: open.begun_at.as_second(),
            ready: open.ready_at.as_second(),
            food: open.food,
            latest: open.latest.as_second(),
            c: open.courier_id,
            offers: open.offers,
            missed: open.missed,
            escalated: open.escalated,
            declined: open.declined.clone(),
            silent: open.silent.clone(),
            expires_at: open.forgotten_at().as_second(),
        }
    }
}

impl OpenRecord {
    fn open(self, sequence: u32) -> Result<OpenDelivery, StoreError> {
        let instant = |seconds| Timestamp::from_second(seconds).map_err(|error| StoreError::Corrupt(error.to_string()));
        Ok(OpenDelivery {
            delivery_id: self.d,
            order_id: self.o,
            restaurant_id: self.r,
            pickup: self.from,
            drop_off: self.to,
            begun_at: instant(self.begun)?,
            ready_at: instant(self.ready)?,
            food: self.food,
            latest: instant(self.latest)?,
            courier_id: self.c,
            offers: self.offers,
            missed: self.missed,
            escalated: self.escalated,
            declined: self.declined,
            silent: self.silent,
            sequence,
        })
    }
}

/// A zone's record: who runs it, and what the last epoch left.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ZoneRecord {
    /// Whose lease it is, if anybody runs the zone. Random: two who take it at the same moment are not the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Until when the lease lasts.
    pub until: Timestamp,
    /// How often another run was wanted while one was going on.
    pub wanted: u32,
    /// What the engine held at the end of the last epoch.
    #[serde(with = "::store::json")]
    plan: Vec<(CourierId, Vec<DeliveryId>)>,
    /// What the last epoch saw and did.
    #[serde(with = "::store::json")]
    pub figures: Figures,
    /// Until when the zone is listed as in use.
    pub listed_until: Timestamp,
}

/// What an epoch saw and did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Figures {
    /// Deliveries that nobody was bound to.
    pub waiting: usize,
    /// Couriers who might have been asked.
    pub candidates: usize,
    /// Offers that were made.
    pub offered: usize,
    /// Deliveries that were held for later.
    pub held: usize,
    /// Deliveries that nobody could bring.
    pub unplaced: usize,
}

impl ZoneRecord {
    /// The record of a zone that was never run.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            token: None,
            until: Timestamp::UNIX_EPOCH,
            wanted: 0,
            plan: Vec::new(),
            figures: Figures {
                waiting: 0,
                candidates: 0,
                offered: 0,
                held: 0,
                unplaced: 0,
            },
            listed_until: Timestamp::UNIX_EPOCH,
        }
    }

    /// What the engine held.
    #[must_use]
    pub fn plan(&self) -> Vec<Trip> {
        let trips = self.plan.iter().cloned();
        trips
            .map(|(courier_id, deliveries)| Trip { courier_id, deliveries })
            .collect()
    }

    /// Keeps what the engine holds.
    pub fn hold(&mut self, plan: &[Trip]) {
        let trips = plan.iter().cloned();
        self.plan = trips.map(|trip| (trip.courier_id, trip.deliveries)).collect();
    }

    /// True if the zone has to be listed again.
    #[must_use]
    pub fn to_be_listed(&self, now: Timestamp) -> bool {
        self.listed_until < now + LISTED_AGAIN_BEFORE
    }
}

/// A zone in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct ListRecord {
    zone: String,
    expires_at: i64,
}

/// A zone in use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Listed {
    pub zone: Zone,
    /// Whether it has to be listed again, if it still is in use.
    pub ends_soon: bool,
}

fn partition(zone: Zone) -> String {
    format!("ZONE#{zone}")
}

/// A zone's key.
#[must_use]
pub fn zone_key(zone: Zone) -> Key {
    Key::new(partition(zone), "STATE")
}

/// The key of an open delivery.
#[must_use]
pub fn open_key(zone: Zone, delivery_id: DeliveryId) -> Key {
    Key::new(partition(zone), format!("{OPEN_PREFIX}{delivery_id}"))
}

/// Reads a zone's open deliveries.
///
/// # Errors
/// When the table does not answer.
pub async fn open_of(
    table: &Table,
    zone: Zone,
    freshness: Freshness,
    now: Timestamp,
) -> Result<Vec<OpenDelivery>, StoreError> {
    let query = Query::new(Index::Table, partition(zone), ZONE_READ_MAX)
        .prefix(OPEN_PREFIX)
        .freshness(freshness);
    let page = table.query::<OpenRecord>(&query).await?;
    let open = page.items.into_iter().map(|stored| stored.value.open(stored.sequence));
    let open: Vec<OpenDelivery> = open.collect::<Result<_, _>>()?;
    // What has expired may be there for days before it is removed.
    Ok(open.into_iter().filter(|open| open.forgotten_at() > now).collect())
}

/// Reads what the last epoch of a zone saw and did; `None` before the first.
///
/// # Errors
/// When the table does not answer.
pub async fn last_figures(table: &Table, zone: Zone) -> Result<Option<Figures>, StoreError> {
    let stored: Option<Stored<ZoneRecord>> = table.get_fresh(&zone_key(zone), Freshness::Recent).await?;
    Ok(stored.map(|stored| stored.value.figures))
}

/// True if a zone has an open delivery.
///
/// # Errors
/// When the table does not answer.
pub async fn is_open(table: &Table, zone: Zone) -> Result<bool, StoreError> {
    let query = Query::new(Index::Table, partition(zone), 1)
        .prefix(OPEN_PREFIX)
        .freshness(Freshness::Recent);
    let page = table.query::<OpenRecord>(&query).await?;
    Ok(!page.items.is_empty())
}

/// Lists a zone as in use, and tells until when.
///
/// # Errors
/// When the table does not answer.
pub async fn list_zone(table: &Table, cause: &Cause, zone: Zone) -> Result<Timestamp, StoreError> {
    let until = cause.now + LISTED_FOR;
    let record = ListRecord {
        zone: zone.to_string(),
        expires_at: until.as_second(),
    };
    let key = Key::new(LIST, zone.to_string());
    let commit = Commit::new(cause).also_put(&key, &record);
    table.commit(commit).await?;
    Ok(until)
}

/// Reads which zones are in use.
///
/// # Errors
/// When the table does not answer.
pub async fn listed(table: &Table, now: Timestamp) -> Result<Vec<Listed>, StoreError> {
    let query = Query::new(Index::Table, LIST, ZONES_MAX).freshness(Freshness::Recent);
    let page = table.query::<ListRecord>(&query).await?;
    let records = page.items.into_iter().map(|stored| stored.value);
    let live = records.filter(|record| record.expires_at > now.as_second());
    let listed = live.filter_map(|record| {
        Some(Listed {
            zone: record.zone.parse().ok()?,
            ends_soon: record.expires_at < (now + LISTED_AGAIN_BEFORE).as_second(),
        })
    });
    Ok(listed.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::State;
    use crate::domain::cast::{ada, ben, delivery, id, offer};

    #[test]
    fn reads_what_it_writes() {
        let mut open = OpenDelivery::of(id(1), &delivery(State::Offered(offer())), 7).unwrap();
        open.declined = vec![ben()];
        open.silent = vec![ada()];
        open.escalated = true;
        let text = serde_json::to_string(&OpenRecord::from(&open)).unwrap();
        let read: OpenRecord = serde_json::from_str(&text).unwrap();
        assert_eq!(read.open(7).unwrap(), open);
        assert!(text.len() < 600, "{} bytes", text.len());
        let mut zone = ZoneRecord::new();
        let plan = [Trip {
            courier_id: ada(),
            deliveries: vec![id(1), id(2)],
        }];
        zone.hold(&plan);
        assert_eq!(zone.plan(), plan);
    }
}
