//! What was learned, as it is kept: an item for each kitchen, and one for each zone.

use ::store::{Commit, Freshness, Key, StoreError, Stored, Table};
use contracts::Cause;
use eta::{Effect, Kitchen, Market, Roads};
use kernel::RestaurantId;
use serde::{Deserialize, Serialize};

use crate::domain::cell::{Cell, Zone};
use crate::domain::learned_model::{CELLS_MAX, Ends, ZoneModel};

/// What is kept of a kitchen: under half a kilobyte.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct KitchenRecord {
    #[serde(with = "::store::json")]
    kitchen: Kitchen,
}

/// What is kept of a zone: under four kilobytes.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ZoneModelRecord {
    #[serde(with = "::store::json")]
    market: Market,
    #[serde(with = "::store::json")]
    roads: Roads,
    #[serde(with = "::store::json")]
    cells: Vec<(String, Effect, Effect)>,
}

impl From<&Kitchen> for KitchenRecord {
    fn from(kitchen: &Kitchen) -> Self {
        Self {
            kitchen: kitchen.clone(),
        }
    }
}

impl From<KitchenRecord> for Kitchen {
    fn from(record: KitchenRecord) -> Self {
        record.kitchen
    }
}

impl From<&ZoneModel> for ZoneModelRecord {
    fn from(zone_model: &ZoneModel) -> Self {
        let cells = zone_model
            .cells
            .iter()
            .map(|(cell, ends)| (cell.to_string(), ends.from, ends.to));
        Self {
            market: zone_model.market.clone(),
            roads: zone_model.roads.clone(),
            cells: cells.collect(),
        }
    }
}

impl From<ZoneModelRecord> for ZoneModel {
    fn from(record: ZoneModelRecord) -> Self {
        let cell = |(name, from, to): (String, Effect, Effect)| Some((name.parse::<Cell>().ok()?, Ends { from, to }));
        Self {
            market: record.market,
            roads: record.roads,
            cells: record.cells.into_iter().filter_map(cell).take(CELLS_MAX).collect(),
        }
    }
}

/// The key of what was learned of a kitchen.
#[must_use]
pub fn kitchen_key(restaurant_id: RestaurantId) -> Key {
    Key::new(format!("RESTAURANT#{restaurant_id}"), "KITCHEN")
}

/// The key of what was learned of a zone.
#[must_use]
pub fn zone_model_key(zone: Zone) -> Key {
    Key::new(format!("TOWN#{zone}"), "LEARNED")
}

/// Reads what was learned, as it was a moment ago.
///
/// # Errors
/// When the table does not answer.
pub async fn learned<T: serde::de::DeserializeOwned>(
    table: &Table,
    key: &Key,
) -> Result<Option<Stored<T>>, StoreError> {
    table.get_fresh(key, Freshness::Recent).await
}

/// Writes what was learned. Who is slower than another has taught for nothing: there will be more to learn from.
///
/// # Errors
/// When the table does not answer.
pub async fn teach<T: Serialize, U>(
    table: &Table,
    cause: &Cause,
    key: &Key,
    read: Option<&Stored<U>>,
    record: &T,
) -> Result<(), StoreError> {
    let commit = Commit::new(cause).also_write(key, read, record);
    table.commit_if_current(commit).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{kerkstraat, trattoria};
    use crate::domain::cell::nested;

    #[test]
    fn a_zone_is_kept_as_it_was_and_small() {
        let mut zone_model = ZoneModel::default();
        for position in [trattoria(), kerkstraat()] {
            let ends = Ends {
                from: eta::Places::ZONE,
                to: eta::Places::ZONE,
            };
            zone_model.cells.push((nested(position).unwrap().0, ends));
        }
        let record = ZoneModelRecord::from(&zone_model);
        assert_eq!(ZoneModel::from(record.clone()).cells, zone_model.cells);
        let (cell, ends) = zone_model.cells[0];
        zone_model.cells = vec![(cell, ends); CELLS_MAX];
        let json = serde_json::to_string(&ZoneModelRecord::from(&zone_model)).unwrap();
        assert!(json.len() < 4_096, "{}", json.len());
        let kitchen = KitchenRecord::from(&Kitchen::default());
        let json = serde_json::to_string(&kitchen).unwrap();
        assert_eq!(serde_json::from_str::<KitchenRecord>(&json).unwrap(), kitchen);
    }
}
