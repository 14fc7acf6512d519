//! Tells a courier of an offer, and of its end.
//!
//! An offer is worthless after its time, so nothing is stored: whoever is connected is told, at the price of half a read
//! unit and no write, and everybody else finds it over HTTP.

use ::store::StoreError;
use contracts::delivery::{OfferEnded, Offered};
use contracts::{Cause, Envelope};
use kernel::Timestamp;

use super::live::push::{gather, push};
use crate::app::InboxApp;
use crate::publish::{Frame, offer_ended, offered};

/// Tells a courier of an offer, unless it has expired and could not be taken any more.
///
/// # Errors
/// When the table does not answer.
pub async fn announce_offer(
    app: &InboxApp,
    event: &Envelope,
    offer: &Offered,
    cause: &Cause,
) -> Result<(), StoreError> {
    if is_over(offer, cause.now) {
        return Ok(());
    }
    tell(app, &offered(event, offer), cause).await
}

/// Tells a courier that an offer was not taken.
///
/// # Errors
/// When the table does not answer.
pub async fn announce_end(
    app: &InboxApp,
    event: &Envelope,
    offer: &OfferEnded,
    cause: &Cause,
) -> Result<(), StoreError> {
    tell(app, &offer_ended(event, offer), cause).await
}

async fn tell(app: &InboxApp, frame: &Frame, cause: &Cause) -> Result<(), StoreError> {
    let gathered = gather(&app.table, &frame.topic).await?;
    push(&app.table, &app.connections, &gathered, frame, cause).await;
    Ok(())
}

fn is_over(offer: &Offered, now: Timestamp) -> bool {
    offer.expires_at <= now
}

#[cfg(test)]
mod tests {
    use super::*;
    use kernel::SignedDuration;

    #[test]
    fn an_offer_is_told_until_it_expires() {
        let golden = include_str!("../../../../shared/contracts/golden/delivery.offered.v1.json");
        let offer: Offered = Envelope::parse(golden).unwrap().data().unwrap();
        let second = SignedDuration::from_secs(1);
        assert!(!is_over(&offer, offer.expires_at - second));
        assert!(is_over(&offer, offer.expires_at));
        assert!(is_over(&offer, offer.expires_at + second));
    }
}
