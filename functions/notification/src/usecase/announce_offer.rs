//! Offers: the courier who is asked hears of it at once.
//!
//! An offer is worthless after its time, so nothing is stored: whoever is connected is told, at the price of half a read
//! unit and no write, and everybody else finds it over HTTP.

use contracts::delivery::{OfferEnded, Offered};
use contracts::{Cause, Envelope};
use kernel::Timestamp;
use runtime::{Consumed, Done};

use crate::app::Desk;
use crate::live::{Frame, gather, offer_ended, offered, push};

/// Somebody is asked. Who hears of it after its time could not take it any more.
pub async fn made(desk: &Desk, event: &Envelope, offer: &Offered, cause: &Cause) -> Consumed {
    if is_over(offer, cause.now) {
        return Ok(Done);
    }
    alert(desk, &offered(event, offer), cause).await
}

/// An offer was not taken.
pub async fn ended(desk: &Desk, event: &Envelope, offer: &OfferEnded, cause: &Cause) -> Consumed {
    alert(desk, &offer_ended(event, offer), cause).await
}

async fn alert(desk: &Desk, frame: &Frame, cause: &Cause) -> Consumed {
    let gathered = gather(&desk.table, &frame.topic).await?;
    push(&desk.table, &desk.connections, &gathered, frame, cause).await;
    Ok(Done)
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
