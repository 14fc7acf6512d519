//! Orders: their audience is remembered, their followers and people are told.

use ::store::{Commit, Stored};
use contracts::{Cause, Envelope};
use kernel::{CourierId, OrderId};
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
    let mut order = gather(&desk.table, &Topic::Order(happening.order_id())).await?;
    if order.audience.is_none() && happening.restaurant().is_some() {
        remember(desk, happening, cause).await?;
    }
    let mut is_news = true;
    if let Happening::CourierAssigned(told) = happening {
        let courier_id = Some(told.courier_id);
        is_news = remember_courier(desk, event, told.order_id, courier_id, &mut order.audience, cause).await?;
    } else if let Happening::CourierReleased(told) = happening {
        is_news = remember_courier(desk, event, told.order_id, None, &mut order.audience, cause).await?;
    }
    let audience = order.audience.as_ref().map(|stored| &stored.value);
    let restaurant = happening
        .restaurant()
        .map(|(restaurant_id, name)| (restaurant_id, name.to_owned()))
        .or_else(|| audience.map(|audience| (audience.restaurant_id, audience.restaurant_name.clone())));
    let restaurant_id = restaurant.as_ref().map(|(restaurant_id, _)| *restaurant_id);
    let frames = frames(event, happening, restaurant_id);
    for frame in frames.into_iter().filter(|_| is_news) {
        let gathered = match frame.topic {
            Topic::Order(_) => &order,
            Topic::Restaurant(_) | Topic::Courier(_) | Topic::Operators => &gather(&desk.table, &frame.topic).await?,
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
    if let Some(reason) = undone {
        return Err(reason);
    }
    if let Some(known) = order.audience.as_ref().filter(|_| happening.ends_the_courier()) {
        end_courier(desk, happening.order_id(), known, cause).await?;
    }
    Ok(Done)
}

/// A courier has nothing to do with an order that was called off: forgotten last, so that the end itself is still told.
async fn end_courier(desk: &Desk, order_id: OrderId, known: &Stored<Audience>, cause: &Cause) -> Result<(), Undone> {
    let mut audience = known.value.clone();
    if audience.end_courier() {
        let commit = Commit::new(cause).also_replace(&audience_key(order_id), known, &audience);
        desk.table.commit(commit).await?;
    }
    Ok(())
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
    let commit = Commit::new(cause).also_create(&audience_key(happening.order_id()), &audience);
    // If it is overtaken, an earlier event has told.
    desk.table.commit_if_current(commit).await?;
    Ok(())
}

/// Remembers who fetches an order; false if a later event has told otherwise, so that this one is no news. An order that is
/// not known yet will be when the event comes again.
async fn remember_courier(
    desk: &Desk,
    event: &Envelope,
    order_id: OrderId,
    courier_id: Option<CourierId>,
    known: &mut Option<Stored<Audience>>,
    cause: &Cause,
) -> Result<bool, Undone> {
    let Some(known) = known else {
        return Err(Undone::Retry("the order is not known yet".to_owned()));
    };
    let mut audience = known.value.clone();
    let is_news = audience.note_courier(courier_id, event.sequence);
    if audience != known.value {
        let key = audience_key(order_id);
        let commit = Commit::new(cause).also_replace(&key, known, &audience);
        desk.table.commit(commit).await?;
        known.value = audience;
    }
    Ok(is_news)
}
