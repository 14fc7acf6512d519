//! Tells what has happened to an order: its followers over their live connections, and people by messages.

use ::store::{Commit, Stored};
use contracts::{Cause, Envelope};
use kernel::{OrderId, RestaurantId};
use runtime::HandlerError;

use super::live::push::{Gathered, gather, push};
use super::send_notice::send_notice;
use crate::app::InboxApp;
use crate::domain::{OrderEvent, Topic, decide};
use crate::publish::frames;
use crate::store::{AUDIENCE_KEPT_FOR, Audience, audience_key, expiry};

/// Handles one event about an order. Followers are told first, since nothing of theirs can fail; then people, one by one, each
/// of whom is told once however often the event comes.
///
/// # Errors
/// When the event must come again.
pub async fn handle_order_event(
    app: &InboxApp,
    event: &Envelope,
    order_event: &OrderEvent,
    cause: &Cause,
) -> Result<(), HandlerError> {
    if let OrderEvent::Placed(_) = order_event {
        // Nobody follows it yet and nobody is told: one write, and no read.
        return remember_audience(app, order_event, cause).await;
    }
    let mut order = gather(&app.table, &Topic::Order(order_event.order_id())).await?;
    if order.audience.is_none() && order_event.restaurant().is_some() {
        remember_audience(app, order_event, cause).await?;
    }
    let is_news = remember_courier(app, event, order_event, &mut order.audience, cause).await?;
    let audience = order.audience.as_ref().map(|stored| &stored.value);
    let restaurant = order_event
        .restaurant()
        .or_else(|| audience.map(|audience| (audience.restaurant_id, audience.restaurant_name.as_str())));
    if is_news {
        let restaurant_id = restaurant.map(|(restaurant_id, _)| restaurant_id);
        tell_followers(app, event, order_event, &order, restaurant_id, cause).await?;
    }
    let courier = audience.and_then(|audience| audience.courier_id);
    let mut failure = None;
    for (recipient, notice) in decide(order_event, courier, restaurant.map(|(_, name)| name)) {
        // A message that must wait keeps nobody else waiting.
        let sent = send_notice(app, event, cause, recipient, &notice, Some(order_event.order_id())).await;
        failure = sent.err().or(failure);
    }
    if let Some(failure) = failure {
        return Err(failure);
    }
    if let Some(known) = order.audience.as_ref().filter(|_| order_event.ends_the_courier()) {
        forget_courier(app, order_event.order_id(), known, cause).await?;
    }
    Ok(())
}

async fn tell_followers(
    app: &InboxApp,
    event: &Envelope,
    order_event: &OrderEvent,
    order: &Gathered,
    restaurant_id: Option<RestaurantId>,
    cause: &Cause,
) -> Result<(), HandlerError> {
    for frame in frames(event, order_event, restaurant_id) {
        let gathered = match frame.topic {
            Topic::Order(_) => order,
            Topic::Restaurant(_) | Topic::Courier(_) | Topic::Operators => &gather(&app.table, &frame.topic).await?,
        };
        push(&app.table, &app.connections, gathered, &frame, cause).await;
    }
    Ok(())
}

/// Forgets the courier of an order that was called off. This is the last step, so that the courier still hears of the end.
async fn forget_courier(
    app: &InboxApp,
    order_id: OrderId,
    known: &Stored<Audience>,
    cause: &Cause,
) -> Result<(), HandlerError> {
    let mut audience = known.value.clone();
    if audience.end_courier() {
        let commit = Commit::new(cause).also_replace(&audience_key(order_id), known, &audience);
        app.table.commit(commit).await?;
    }
    Ok(())
}

/// Remembers who may follow an order, from the first event that says so.
async fn remember_audience(app: &InboxApp, order_event: &OrderEvent, cause: &Cause) -> Result<(), HandlerError> {
    let Some((restaurant_id, name)) = order_event.restaurant() else {
        return Ok(());
    };
    let audience = Audience {
        customer_id: order_event.customer_id(),
        restaurant_id,
        restaurant_name: name.to_owned(),
        courier_id: None,
        courier_since: 0,
        expires_at: expiry(cause.now, AUDIENCE_KEPT_FOR),
    };
    let commit = Commit::new(cause).also_create(&audience_key(order_event.order_id()), &audience);
    // If it is overtaken, an earlier event has said so.
    app.table.commit_if_current(commit).await?;
    Ok(())
}

/// Remembers who fetches an order, if the event says so. False if a later event has said otherwise, so that this one is no
/// news. An order that is not known yet will be when the event comes again.
async fn remember_courier(
    app: &InboxApp,
    event: &Envelope,
    order_event: &OrderEvent,
    known: &mut Option<Stored<Audience>>,
    cause: &Cause,
) -> Result<bool, HandlerError> {
    let courier_id = if let OrderEvent::CourierAssigned(assigned) = order_event {
        Some(assigned.courier_id)
    } else if let OrderEvent::CourierReleased(_) = order_event {
        None
    } else {
        return Ok(true);
    };
    let Some(known) = known else {
        return Err(HandlerError::Retry("the order is not known yet".to_owned()));
    };
    let mut audience = known.value.clone();
    let is_news = audience.note_courier(courier_id, event.sequence);
    if audience != known.value {
        let key = audience_key(order_event.order_id());
        let commit = Commit::new(cause).also_replace(&key, known, &audience);
        app.table.commit(commit).await?;
        known.value = audience;
    }
    Ok(is_news)
}
