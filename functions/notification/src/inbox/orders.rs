//! Orders: their audience is remembered, their followers and people are told.

use ::store::{Commit, CommitError, Stored};
use contracts::{Cause, Envelope, delivery};
use runtime::{Consumed, Done, Undone};

use crate::app::Desk;
use crate::domain::{Happening, decide};
use crate::live::{Topic, frames, gather, push};
use crate::store::{AUDIENCE_KEPT_FOR, Audience, audience_key, expiry};
use crate::tell::tell;

/// Handles one happening. Followers are told first, since nothing of theirs can fail; then people, one by one, each of
/// whom is told once however often the event comes.
pub async fn happened(desk: &Desk, event: &Envelope, happening: &Happening, cause: &Cause) -> Consumed {
    if let Happening::Placed(_) = happening {
        // Nobody follows it yet and nobody is told: one write, and no read.
        remember(desk, happening, cause).await?;
        return Ok(Done);
    }
    let order = gather(&desk.table, &Topic::Order(happening.order_id())).await?;
    if order.audience.is_none() && happening.restaurant().is_some() {
        remember(desk, happening, cause).await?;
    }
    if let Happening::CourierAssigned(assigned) = happening {
        remember_courier(desk, event, assigned, order.audience.as_ref(), cause).await?;
    }
    let audience = order.audience.as_ref().map(|stored| &stored.value);
    let restaurant = happening
        .restaurant()
        .map(|(restaurant_id, name)| (restaurant_id, name.to_owned()))
        .or_else(|| audience.map(|audience| (audience.restaurant_id, audience.restaurant_name.clone())));
    let restaurant_id = restaurant.as_ref().map(|(restaurant_id, _)| *restaurant_id);
    for frame in frames(event, happening, restaurant_id) {
        let gathered = match frame.topic {
            Topic::Order(_) => &order,
            Topic::Restaurant(_) | Topic::Operators => &gather(&desk.table, &frame.topic).await?,
        };
        push(&desk.table, &desk.connections, gathered, &frame, cause).await;
    }
    let name = restaurant.as_ref().map(|(_, name)| name.as_str());
    let mut undone = None;
    let courier = audience.and_then(|audience| audience.courier_id);
    for (recipient, notice) in decide(happening, courier, name) {
        // One whose mail must wait keeps nobody else waiting.
        if let Err(reason) = tell(desk, event, cause, recipient, &notice, Some(happening.order_id())).await {
            undone = Some(reason);
        }
    }
    undone.map_or(Ok(Done), Err)
}

/// Remembers who may follow an order, from the first event that tells.
async fn remember(desk: &Desk, happening: &Happening, cause: &Cause) -> Result<(), Undone> {
    let Some((restaurant_id, name)) = happening.restaurant() else {
        return Ok(());
    };
    let audience = Audience {
        customer_id: happening.customer_id(),
        restaurant_id,
        restaurant_name: name.to_owned(),
        courier_id: None,
        courier_since: 0,
        expires_at: expiry(cause.now, AUDIENCE_KEPT_FOR),
    };
    let commit = Commit::new(cause).also_create(&audience_key(happening.order_id()), &audience, "known");
    match desk.table.commit(commit).await {
        Ok(()) | Err(CommitError::Refused(_)) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Remembers who fetches an order, if no later event has told of somebody else. An order that is not known yet will be
/// when the event comes again.
async fn remember_courier(
    desk: &Desk,
    event: &Envelope,
    assigned: &delivery::Assigned,
    known: Option<&Stored<Audience>>,
    cause: &Cause,
) -> Result<(), Undone> {
    let Some(known) = known else {
        return Err(Undone::Retry("the order is not known yet".to_owned()));
    };
    if known.value.courier_since >= event.sequence {
        return Ok(());
    }
    let mut audience = known.value.clone();
    audience.courier_id = Some(assigned.courier_id);
    audience.courier_since = event.sequence;
    let commit = Commit::new(cause).also_replace(&audience_key(assigned.order_id), known, &audience, "changed");
    Ok(desk.table.commit(commit).await?)
}
