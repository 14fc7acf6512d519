//! The inputs of an epoch: what waits, and who could bring it.

use std::collections::HashMap;

use ::store::{Freshness, Stored};
use contracts::Cause;
use kernel::{CourierId, DeliveryId};

use super::{Known, Occasion};
use crate::app::App;
use crate::domain::cell::{Zone, zones_in_reach};
use crate::domain::courier::{Courier, CourierLink};
use crate::domain::epoch::{Candidate, Seen, nearest, short_of_candidates};
use crate::domain::learned_model::ZoneModel;
use crate::domain::open_delivery::OpenDelivery;
use crate::domain::ways::Ways;
use crate::domain::{Delivery, State};
use crate::store::{self, CourierRecord, Found};
use crate::usecase::advance_delivery::AdvanceError;
use crate::usecase::{courier_sync, estimates};

/// Deliveries of busy couriers that one epoch reads, to know when they will be free. Couriers beyond that are left out of
/// the epoch: those nearest to what waits were read.
const JOBS_READ_MAX: usize = 40;

/// Couriers whose records one epoch reads, more than a zone has waiting: where even these do not suffice, everybody is busy,
/// and the next minute tries again.
const COURIERS_READ_MAX: usize = 600;

/// What an epoch decides on.
#[derive(Debug, Default)]
pub struct Inputs {
    /// The zone's rows. Those about which somebody is asked, as the courier's record says, are marked as such.
    pub open: Vec<OpenDelivery>,
    /// Who may be asked.
    pub candidates: Vec<Candidate>,
    /// What the zone has learned.
    pub zone_model: ZoneModel,
    /// Their records: the locks to be taken.
    pub couriers: HashMap<CourierId, (Stored<CourierRecord>, Courier)>,
}

impl Inputs {
    /// Loads the couriers near what waits, with their deliveries.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn load(
        app: &App,
        cause: &Cause,
        open: &[OpenDelivery],
        occasion: Occasion,
        known: &Known,
    ) -> Result<Self, AdvanceError> {
        let mut zones: Vec<Zone> = open
            .iter()
            .filter(|open| open.waits())
            .flat_map(|open| zones_in_reach(open.pickup))
            .collect();
        zones.sort_unstable();
        zones.dedup();
        let mut seen = store::seen_in(&app.table, &zones).await?;
        if let Some(known) = known.seen {
            seen.retain(|seen| seen.courier_id != known.courier_id);
            seen.push(known);
        }
        // What has just happened to a courier is why an urgent run is made, unless something has just happened to food.
        let freshness = match occasion {
            Occasion::Urgent if known.open.is_empty() => Freshness::Latest,
            Occasion::Urgent | Occasion::Tick => Freshness::Recent,
        };
        let mut inputs = Self {
            open: open.to_vec(),
            ..Self::default()
        };
        if let Some(first) = open.first() {
            inputs.zone_model = estimates::zone_model_at(app, first.pickup, cause.now).await;
        }
        let mut jobs_left = JOBS_READ_MAX;
        let mut couriers_left = COURIERS_READ_MAX;
        // Farther couriers are loaded as long as too few of the nearer can be asked.
        loop {
            let short = short_of_candidates(&inputs.open, &inputs.candidates);
            let mut near = nearest(&short, &seen, cause.now);
            near.truncate(couriers_left);
            couriers_left -= near.len();
            if near.is_empty() {
                break;
            }
            seen.retain(|seen| near.iter().all(|near| near.courier_id != seen.courier_id));
            let ids: Vec<CourierId> = near.iter().map(|seen| seen.courier_id).collect();
            for (courier_id, stored, courier) in store::couriers(&app.table, &ids, freshness).await? {
                let Some(seen) = near.iter().find(|seen| seen.courier_id == courier_id) else {
                    continue;
                };
                inputs
                    .consider(app, cause, seen, (stored, courier), &mut jobs_left)
                    .await?;
            }
        }
        Ok(inputs)
    }

    /// Adds a courier, if they may be asked.
    async fn consider(
        &mut self,
        app: &App,
        cause: &Cause,
        seen: &Seen,
        (stored, courier): (Stored<CourierRecord>, Courier),
        jobs_left: &mut usize,
    ) -> Result<(), AdvanceError> {
        let courier_id = seen.courier_id;
        let Some(shift) = courier.shift() else {
            return Ok(());
        };
        if let Some(offer) = &shift.offer {
            if offer.expires_at > cause.now {
                self.mark_asked(courier_id, &offer.deliveries);
            } else {
                // The offer has expired and the record does not say so yet. The next epoch finds the courier free.
                courier_sync::reconcile(app, cause, courier_id, &stored, &courier).await?;
            }
            return Ok(());
        }
        if shift.jobs.len() > *jobs_left {
            return Ok(());
        }
        *jobs_left -= shift.jobs.len();
        let mut jobs: Vec<(DeliveryId, Delivery)> = Vec::new();
        let mut is_settled = true;
        for job in &shift.jobs {
            let found = store::load_fresh(&app.table, job.delivery_id, Freshness::Recent).await?;
            let link = |state: &State| CourierLink::of(state, courier_id, job.offer_id);
            match found {
                Found::Delivery(loaded) if link(&loaded.delivery.progress.state) == CourierLink::Taken => {
                    jobs.push((job.delivery_id, loaded.delivery));
                }
                Found::Delivery(_) | Found::Nothing | Found::CalledOff => is_settled = false,
            }
        }
        if !is_settled {
            courier_sync::reconcile(app, cause, courier_id, &stored, &courier).await?;
            return Ok(());
        }
        let jobs: Vec<_> = jobs
            .iter()
            .map(|(delivery_id, delivery)| (*delivery_id, delivery))
            .collect();
        let ways = Ways::new(&self.zone_model, cause.now);
        if let Some(candidate) = Candidate::of(seen, &courier, &jobs, &ways) {
            self.candidates.push(candidate);
            self.couriers.insert(courier_id, (stored, courier));
        }
        Ok(())
    }

    /// Marks rows that do not show their offer yet: nobody else is asked about them.
    fn mark_asked(&mut self, courier_id: CourierId, deliveries: &[DeliveryId]) {
        for open in &mut self.open {
            if open.waits() && deliveries.contains(&open.delivery_id) {
                open.courier_id = Some(courier_id);
            }
        }
    }
}
