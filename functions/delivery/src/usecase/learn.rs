//! Teaches the models of kitchens and zones by deliveries that were handed over.

use ::store::StoreError;
use contracts::Cause;
use kernel::{DeliveryId, TypedId as _};

use crate::app::App;
use crate::domain::Delivery;
use crate::domain::cell::zone;
use crate::domain::event::Event;
use crate::domain::learned_model::{LearningTarget, Observation, ZoneModel, learning_target};
use crate::router::Travel as _;
use crate::store::{self, KitchenRecord, ZoneModelRecord};
use crate::usecase::advance_delivery::Advanced;
use crate::usecase::estimates::{kitchen_of, zone_model_at};

/// Learns from those steps by which a delivery was handed over. A step is new only once, so each delivery teaches once; if
/// the process crashes before this, the delivery teaches nothing, which no estimate notices.
pub async fn learn(app: &App, cause: &Cause, steps: &[(DeliveryId, Advanced)]) {
    for (delivery_id, advanced) in steps {
        let handed_over = advanced
            .events
            .iter()
            .any(|event| matches!(event, Event::Delivered { .. }));
        if handed_over && let Err(error) = Box::pin(learn_one(app, cause, *delivery_id, &advanced.delivery)).await {
            tracing::warn!(delivery.id = %delivery_id, %error, "nothing is learned from a delivery");
        }
    }
}

async fn learn_one(app: &App, cause: &Cause, delivery_id: DeliveryId, delivery: &Delivery) -> Result<(), StoreError> {
    let (place, restaurant_id) = (delivery.facts.pickup.position, delivery.facts.restaurant_id);
    let Some((mut observation, zone)) = Observation::of(delivery).zip(zone(place)) else {
        return Ok(());
    };
    // The correction is learned for the ride as it was measured beforehand.
    if let Some(ride) = observation.ride_mut() {
        *ride = app.router.measure(*ride, cause.now).await;
    }
    // The last bits of an id are random, whatever its version.
    match learning_target(delivery_id.uuid().as_u128()) {
        Some(LearningTarget::Kitchen) => {
            let zone_model = zone_model_at(app, place, cause.now).await;
            let key = store::kitchen_key(restaurant_id);
            let read = store::learned::<KitchenRecord>(&app.table, &key).await?;
            let mut kitchen = read
                .as_ref()
                .map_or_else(Default::default, |read| read.value.clone().into());
            if observation.teach_kitchen(&mut kitchen, &zone_model, place.lng()) {
                store::teach(&app.table, cause, &key, read.as_ref(), &KitchenRecord::from(&kitchen)).await?;
            }
        }
        Some(LearningTarget::Zone) => {
            let kitchen = kitchen_of(app, restaurant_id, cause.now).await;
            let key = store::zone_model_key(zone);
            let read = store::learned::<ZoneModelRecord>(&app.table, &key).await?;
            let mut zone_model = read
                .as_ref()
                .map_or_else(ZoneModel::default, |read| read.value.clone().into());
            if observation.teach_zone(&mut zone_model, &kitchen, place.lng()) {
                store::teach(
                    &app.table,
                    cause,
                    &key,
                    read.as_ref(),
                    &ZoneModelRecord::from(&zone_model),
                )
                .await?;
            }
        }
        None => {}
    }
    Ok(())
}
