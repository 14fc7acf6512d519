//! Replicas of restaurants: what is known of them without asking.
//!
//! Each change is one transaction with the restaurant's gate, whose version every quote remembers.

use ::store::{Attempts, Commit, Stored};
use contracts::restaurant::{ItemAvailabilityChanged, MenuPublished, Snapshot};
use contracts::{Cause, menu::Menu};
use kernel::RestaurantId;
use runtime::{Consumed, Done, HandlerError};

use crate::app::App;
use crate::store::{
    GateRecord, MenuRecord, OverridesRecord, ReplicaRecord, gate_key, menu_key, overrides_key, replica_key,
};

type Gate = Option<Stored<GateRecord>>;

/// Keeps a restaurant as an event described it, unless a later one did.
///
/// # Errors
/// When it must come again.
pub async fn restaurant(app: &App, snapshot: Snapshot, sequence: u32, cause: &Cause) -> Consumed {
    let id = snapshot.restaurant_id;
    let record = ReplicaRecord {
        snapshot_sequence: sequence,
        snapshot,
    };
    change(app, id, async |gate| {
        let known = value(gate);
        if known.snapshot_sequence >= sequence {
            return Ok(None);
        }
        let next = GateRecord {
            snapshot_sequence: sequence,
            ..known
        };
        Ok(Some(
            moved_gate(cause, id, gate, next).also_put(&replica_key(id), &record),
        ))
    })
    .await
}

/// Fetches a menu that was published, and lets it count unless a later one does. It is stored before it counts, so
/// nobody looks for a menu that is not there.
///
/// # Errors
/// When it must come again, or the restaurant service knows nothing of it.
pub async fn menu(app: &App, published: &MenuPublished, sequence: u32, cause: &Cause) -> Consumed {
    let MenuPublished {
        restaurant_id: id,
        menu_version,
        overrides,
    } = published;
    let (id, menu_version) = (*id, *menu_version);
    let gate: Gate = app.table.get(&gate_key(id)).await?;
    if value(gate.as_ref()).menu_version >= menu_version {
        return Ok(Done);
    }
    let path = format!("/internal/restaurants/{id}/menus/{menu_version}");
    let menu: Menu = app.internal.get(&path).await?;
    let fetched = Commit::new(cause).also_put(&menu_key(id, menu_version), &MenuRecord { menu });
    app.table.commit(fetched).await?;
    change(app, id, async |gate| {
        let known = value(gate);
        if known.menu_version >= menu_version {
            return Ok(None);
        }
        let mut next = GateRecord { menu_version, ..known };
        // What was sold out on the menu before is stated anew, in the same commit as the menu that it is about.
        let mut stated = None;
        if let Some(whole) = overrides {
            let mut record = read_overrides(app, id, known).await?;
            if record.overrides.state(whole, sequence) {
                record.revision += 1;
                next.overrides_revision = record.revision;
                stated = Some(record);
            }
        }
        let commit = moved_gate(cause, id, gate, next);
        Ok(Some(match stated {
            Some(record) => commit.also_put(&overrides_key(id), &record),
            None => commit,
        }))
    })
    .await
}

/// What is sold out, as it belongs to the gate that was read.
async fn read_overrides(app: &App, id: RestaurantId, gate: GateRecord) -> Result<OverridesRecord, HandlerError> {
    let record: Option<Stored<OverridesRecord>> = app.table.get(&overrides_key(id)).await?;
    let record = record.map(|stored| stored.value).unwrap_or_default();
    if record.revision == gate.overrides_revision {
        Ok(record)
    } else {
        Err(HandlerError::Retry("the overrides are just being changed".to_owned()))
    }
}

/// Notes that something sold out or came back.
///
/// # Errors
/// When it must come again.
pub async fn availability(app: &App, event: &ItemAvailabilityChanged, sequence: u32, cause: &Cause) -> Consumed {
    let id = event.restaurant_id;
    change(app, id, async |gate| {
        let known = value(gate);
        let mut record = read_overrides(app, id, known).await?;
        if !record.overrides.note(event, sequence) {
            return Ok(None);
        }
        record.revision += 1;
        let next = GateRecord {
            overrides_revision: record.revision,
            ..known
        };
        Ok(Some(
            moved_gate(cause, id, gate, next).also_put(&overrides_key(id), &record),
        ))
    })
    .await
}

fn value(gate: Option<&Stored<GateRecord>>) -> GateRecord {
    gate.map(|stored| stored.value).unwrap_or_default()
}

/// A commit that moves the gate on, if nobody else has since it was read.
fn moved_gate(cause: &Cause, id: RestaurantId, gate: Option<&Stored<GateRecord>>, next: GateRecord) -> Commit {
    let commit = Commit::new(cause);
    match gate {
        Some(read) => commit.replace(&gate_key(id), &id, read, &next),
        None => commit.create(&gate_key(id), &id, &next),
    }
}

/// Reads the gate, makes a commit of it, and carries it out; when somebody else was faster, again.
async fn change(
    app: &App,
    id: RestaurantId,
    decide: impl AsyncFn(Option<&Stored<GateRecord>>) -> Result<Option<Commit>, HandlerError>,
) -> Consumed {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let gate: Gate = app.table.get(&gate_key(id)).await?;
        let Some(commit) = decide(gate.as_ref()).await? else {
            return Ok(Done);
        };
        if app.table.commit_if_current(commit).await? {
            return Ok(Done);
        }
    }
}
