//! A courier: whether approved, on shift, and bound to which delivery.
//!
//! The courier's record is the lock that an offer takes: it holds one offer or one delivery, never two.

use kernel::{CourierId, DeliveryId, OfferId, Timestamp};

use super::command::Ending;
use super::event::Event;
use super::{Offer, State, Vehicle};

/// Past offers that a courier remembers, so that a late answer hears what became of them.
pub const PAST_OFFERS_MAX: usize = 6;

/// A courier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Courier {
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// What the courier may do and is doing.
    pub duty: Duty,
    /// The last offers and what became of them, the latest last.
    pub past: Vec<PastOffer>,
}

/// What a courier may do and is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Duty {
    /// Waiting for an operator's approval.
    Pending,
    /// Approved and not working.
    OffShift,
    /// Working, and free for an offer.
    Free {
        /// Since when.
        since: Timestamp,
    },
    /// Asked to take a delivery.
    Considering {
        /// By which offer.
        offer_id: OfferId,
        /// Which delivery.
        delivery_id: DeliveryId,
        /// Until when.
        expires_at: Timestamp,
    },
    /// On a delivery.
    Engaged {
        /// By which offer.
        offer_id: OfferId,
        /// Which delivery.
        delivery_id: DeliveryId,
    },
}

/// What became of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferEnd {
    /// The courier took it.
    Accepted,
    /// The courier did not want it.
    Declined,
    /// The courier did not answer in time.
    Expired,
    /// It was taken back: the shift or the order ended.
    Withdrawn,
}

/// A past offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastOffer {
    /// The offer.
    pub offer_id: OfferId,
    /// What became of it.
    pub end: OfferEnd,
}

/// What an event of a delivery does to a courier's duty. Both change in one commit, or neither does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The courier is taken for an offer.
    Consider(Offer),
    /// The courier is bound to the delivery of an offer.
    Engage(OfferId),
    /// The courier is freed from whatever the offer bound it to.
    LetGo(OfferId, OfferEnd),
}

impl Effect {
    /// What an event does to whom, given the state before it. The end of a shift frees the courier by itself.
    #[must_use]
    pub fn of(event: &Event, before: &State) -> Option<(CourierId, Self)> {
        match event {
            Event::Offered(offer) => Some((offer.courier_id, Self::Consider(*offer))),
            Event::Assigned(assignment) => Some((assignment.courier_id, Self::Engage(assignment.offer_id))),
            Event::OfferEnded { offer, ending } => {
                let end = match ending {
                    Ending::Declined(_) => OfferEnd::Declined,
                    Ending::Expired => OfferEnd::Expired,
                    Ending::ShiftEnded => return None,
                };
                Some((offer.courier_id, Self::LetGo(offer.offer_id, end)))
            }
            Event::Delivered { .. } | Event::Failed { .. } | Event::Withdrawn { .. } => bound_by(before),
            Event::Released { .. }
            | Event::Unmatched { .. }
            | Event::FoodReady { .. }
            | Event::EtaChanged { .. }
            | Event::Arrived { .. }
            | Event::PickedUp { .. }
            | Event::PinRefused { .. }
            | Event::Escalated { .. } => None,
        }
    }
}

fn bound_by(state: &State) -> Option<(CourierId, Effect)> {
    match state {
        State::Offered(offer) => Some((offer.courier_id, Effect::LetGo(offer.offer_id, OfferEnd::Withdrawn))),
        State::Assigned(taken) | State::AtRestaurant(taken) | State::PickedUp(taken) | State::AtCustomer(taken) => {
            Some((taken.courier_id, Effect::LetGo(taken.offer_id, OfferEnd::Accepted)))
        }
        State::Waiting | State::Delivered { .. } | State::Failed { .. } | State::Withdrawn { .. } => None,
    }
}

/// What a courier may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// An operator has not approved the courier.
    #[error("the courier is not approved yet")]
    NotApproved,
    /// The courier is not working.
    #[error("the courier is off shift")]
    OffShift,
    /// The courier has something else to do.
    #[error("the courier is not free")]
    NotFree,
    /// The offer was never made to this courier, or so long ago that it is forgotten.
    #[error("there is no such offer to this courier")]
    NeverAsked,
    /// The offer was made and has ended.
    #[error("the offer has ended")]
    OfferOver(OfferEnd),
}

impl Courier {
    /// Somebody who wants to become a courier.
    #[must_use]
    pub const fn apply(vehicle: Vehicle) -> Self {
        Self {
            vehicle,
            duty: Duty::Pending,
            past: Vec::new(),
        }
    }

    /// True while working.
    #[must_use]
    pub const fn on_shift(&self) -> bool {
        match self.duty {
            Duty::Pending | Duty::OffShift => false,
            Duty::Free { .. } | Duty::Considering { .. } | Duty::Engaged { .. } => true,
        }
    }

    /// Approved by an operator; nothing to change if approved already.
    #[must_use]
    pub fn approve(&self) -> Option<Self> {
        match self.duty {
            Duty::Pending => Some(self.with(Duty::OffShift)),
            Duty::OffShift | Duty::Free { .. } | Duty::Considering { .. } | Duty::Engaged { .. } => None,
        }
    }

    /// Working from now on; nothing to change if working already.
    ///
    /// # Errors
    /// Before the approval.
    pub fn start_shift(&self, now: Timestamp) -> Result<Option<Self>, Refusal> {
        match self.duty {
            Duty::Pending => Err(Refusal::NotApproved),
            Duty::OffShift => Ok(Some(self.with(Duty::Free { since: now }))),
            Duty::Free { .. } | Duty::Considering { .. } | Duty::Engaged { .. } => Ok(None),
        }
    }

    /// Not working any more. Whatever the courier was bound to must be freed with it.
    #[must_use]
    pub fn end_shift(&self) -> Self {
        match self.duty {
            Duty::Pending | Duty::OffShift => self.clone(),
            Duty::Free { .. } => self.with(Duty::OffShift),
            Duty::Considering { offer_id, .. } | Duty::Engaged { offer_id, .. } => {
                self.with(Duty::OffShift).remembering(offer_id, OfferEnd::Withdrawn)
            }
        }
    }

    /// Takes the courier for an offer.
    ///
    /// # Errors
    /// When the courier is not free.
    pub fn consider(&self, offer: &Offer, delivery_id: DeliveryId) -> Result<Self, Refusal> {
        match self.duty {
            Duty::Free { .. } => Ok(self.with(Duty::Considering {
                offer_id: offer.offer_id,
                delivery_id,
                expires_at: offer.expires_at,
            })),
            Duty::Pending | Duty::OffShift | Duty::Considering { .. } | Duty::Engaged { .. } => Err(Refusal::NotFree),
        }
    }

    /// The delivery that an offer to this courier is about, if it can still be answered.
    ///
    /// # Errors
    /// When the offer was never made to this courier or has ended; also when it has expired and nobody noticed yet.
    pub fn live_offer(&self, offer: OfferId, now: Timestamp) -> Result<DeliveryId, Refusal> {
        match self.duty {
            Duty::Considering {
                offer_id,
                delivery_id,
                expires_at,
            } if offer_id == offer => {
                if now < expires_at {
                    Ok(delivery_id)
                } else {
                    Err(Refusal::OfferOver(OfferEnd::Expired))
                }
            }
            Duty::Engaged { offer_id, .. } if offer_id == offer => Err(Refusal::OfferOver(OfferEnd::Accepted)),
            Duty::Pending | Duty::OffShift | Duty::Free { .. } | Duty::Considering { .. } | Duty::Engaged { .. } => {
                Err(self.past_refusal(offer))
            }
        }
    }

    fn past_refusal(&self, offer: OfferId) -> Refusal {
        self.past
            .iter()
            .rev()
            .find(|past| past.offer_id == offer)
            .map_or(Refusal::NeverAsked, |past| Refusal::OfferOver(past.end))
    }

    /// Binds the courier to the delivery of the offer.
    ///
    /// # Errors
    /// As for [`Courier::live_offer`].
    pub fn engage(&self, offer_id: OfferId, now: Timestamp) -> Result<Self, Refusal> {
        let delivery_id = self.live_offer(offer_id, now)?;
        Ok(self.with(Duty::Engaged { offer_id, delivery_id }))
    }

    /// Frees the courier from whatever the offer bound it to; nothing to change if it is bound by another, or not at all.
    #[must_use]
    pub fn let_go(&self, offer: OfferId, end: OfferEnd, now: Timestamp) -> Option<Self> {
        match self.duty {
            Duty::Considering { offer_id, .. } | Duty::Engaged { offer_id, .. } if offer_id == offer => {
                Some(self.with(Duty::Free { since: now }).remembering(offer, end))
            }
            Duty::Pending | Duty::OffShift | Duty::Free { .. } | Duty::Considering { .. } | Duty::Engaged { .. } => {
                None
            }
        }
    }

    /// The courier after an effect; nothing if the courier is not bound as the effect presumes and need not be freed.
    ///
    /// # Errors
    /// When the courier cannot be taken.
    pub fn after(&self, effect: Effect, delivery_id: DeliveryId, now: Timestamp) -> Result<Option<Self>, Refusal> {
        match effect {
            Effect::Consider(offer) => self.consider(&offer, delivery_id).map(Some),
            Effect::Engage(offer_id) => self.engage(offer_id, now).map(Some),
            Effect::LetGo(offer_id, end) => Ok(self.let_go(offer_id, end, now)),
        }
    }

    fn with(&self, duty: Duty) -> Self {
        Self { duty, ..self.clone() }
    }

    fn remembering(mut self, offer_id: OfferId, end: OfferEnd) -> Self {
        self.past.push(PastOffer { offer_id, end });
        let surplus = self.past.len().saturating_sub(PAST_OFFERS_MAX);
        self.past.drain(..surplus);
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, id, minutes, offer};

    fn free() -> Courier {
        Courier {
            duty: Duty::Free { since: NOON },
            ..Courier::apply(Vehicle::Bicycle)
        }
    }

    #[test]
    fn nobody_works_before_the_approval() {
        let applicant = Courier::apply(Vehicle::Foot);
        assert_eq!(applicant.start_shift(NOON), Err(Refusal::NotApproved));
        let approved = applicant.approve().unwrap();
        assert_eq!(approved.approve(), None);
        assert!(!approved.on_shift());
        let working = approved.start_shift(NOON).unwrap().unwrap();
        assert!(working.on_shift());
        assert_eq!(working.start_shift(NOON + minutes(1)), Ok(None));
        assert_eq!(working.end_shift(), approved);
        assert_eq!(approved.end_shift(), approved);
    }

    #[test]
    fn a_courier_holds_one_offer_at_a_time() {
        let asked = free().consider(&offer(), id(5)).unwrap();
        assert_eq!(asked.consider(&offer(), id(6)), Err(Refusal::NotFree));
        let engaged = asked.engage(offer().offer_id, NOON).unwrap();
        assert_eq!(engaged.consider(&offer(), id(6)), Err(Refusal::NotFree));
        assert_eq!(
            engaged.engage(offer().offer_id, NOON),
            Err(Refusal::OfferOver(OfferEnd::Accepted))
        );
        let done = engaged.let_go(offer().offer_id, OfferEnd::Accepted, NOON).unwrap();
        assert_eq!(done.duty, Duty::Free { since: NOON });
        assert_eq!(
            done.engage(offer().offer_id, NOON),
            Err(Refusal::OfferOver(OfferEnd::Accepted))
        );
        assert_eq!(done.let_go(offer().offer_id, OfferEnd::Accepted, NOON), None);
    }

    #[test]
    fn a_late_answer_hears_what_became_of_the_offer() {
        let asked = free().consider(&offer(), id(5)).unwrap();
        let live = |courier: &Courier, at| courier.live_offer(offer().offer_id, at);
        assert_eq!(live(&asked, NOON), Ok(id(5)));
        assert_eq!(
            live(&asked, offer().expires_at),
            Err(Refusal::OfferOver(OfferEnd::Expired))
        );
        assert_eq!(asked.live_offer(id(999), NOON), Err(Refusal::NeverAsked));
        let left = asked.end_shift();
        assert_eq!(left.duty, Duty::OffShift);
        assert_eq!(live(&left, NOON), Err(Refusal::OfferOver(OfferEnd::Withdrawn)));
    }

    #[test]
    fn only_the_last_offers_are_remembered() {
        let mut courier = free();
        for number in 0..20 {
            let offer = Offer {
                offer_id: id(number),
                ..offer()
            };
            courier = courier.consider(&offer, id(5)).unwrap();
            courier = courier.let_go(offer.offer_id, OfferEnd::Declined, NOON).unwrap();
        }
        assert_eq!(courier.past.len(), PAST_OFFERS_MAX);
        assert_eq!(courier.past.last().unwrap().offer_id, id(19));
    }
}
