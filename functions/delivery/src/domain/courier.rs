//! A courier: whether approved, on shift, asked by which offer, and bound to which deliveries.
//!
//! The courier's record is the lock that an offer takes: it holds one live offer, and never more deliveries than the
//! vehicle carries. Taking a courier is decided here, in one commit with the deliveries of the offer. Letting go follows
//! what was decided about a delivery, so the record may for a moment hold a courier who is free already; never the other
//! way round.

mod bar;
mod shift;

use kernel::{Country, CourierId, DeliveryId, OfferId, Timestamp};

use super::command::Ending;
use super::event::Event;
use super::work::{Exhausted, Rules, Span, rules, works_until};
use super::{State, Vehicle, leaves_food};

pub use bar::SuspendReason;
pub use shift::{Job, LiveOffer, Shift, ShiftEnd};

/// Past offers that a courier remembers, so that a late answer hears what became of them.
pub const PAST_OFFERS_MAX: usize = 6;

impl Vehicle {
    /// The most deliveries that a courier holds at once: what fits into the bag, and what is still warm at the last door.
    #[must_use]
    pub const fn capacity(self) -> usize {
        match self {
            Self::Foot => 2,
            Self::Bicycle => 3,
            Self::Scooter => 4,
            Self::Car => 5,
        }
    }
}

/// A courier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Courier {
    /// What the courier rides.
    pub vehicle: Vehicle,
    /// Where the courier works, whose limits of working time hold.
    pub country: Option<Country>,
    /// Until when the papers hold that an operator has seen: with one that has expired, no shift starts.
    pub papers_until: Option<Timestamp>,
    /// What the courier may do and is doing.
    pub duty: Duty,
    /// The last offers and what became of them, the latest last.
    pub past: Vec<PastOffer>,
    /// Why the last shift ended.
    pub ended: Option<ShiftEnd>,
    /// Why an operator did not approve; `None` once there is a new application.
    pub rejected: Option<RejectReason>,
    /// Why an operator suspended the courier; `None` once reinstated.
    pub suspended: Option<SuspendReason>,
    /// Whether the role of a courier was taken away, which the user service says.
    pub role_lost: bool,
}

contracts::vocabulary! {
/// Why an operator does not approve.
pub enum RejectReason {
    /// A paper is missing.
    DocumentsMissing = "documents_missing",
    /// A paper cannot be read, or is another's.
    DocumentsUnreadable = "documents_unreadable",
    /// A paper has expired.
    DocumentsExpired = "documents_expired",
    /// The law or the house's rules do not allow it.
    NotEligible = "not_eligible",
    /// Anything else.
    Other = "other",
}
}

/// What a courier may do and is doing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Duty {
    /// Waiting for an operator's approval.
    Pending,
    /// Approved and not working.
    OffShift,
    /// Working.
    OnShift(Shift),
}

contracts::vocabulary! {
/// What became of an offer.
pub enum OfferEnd {
    /// The courier took it.
    Accepted = "accepted",
    /// The courier did not want it.
    Declined = "declined",
    /// The courier did not answer in time.
    Expired = "expired",
    /// It was taken back: the shift or the order ended.
    Withdrawn = "withdrawn",
}
}

/// A past offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastOffer {
    /// The offer.
    pub offer_id: OfferId,
    /// What became of it.
    pub end: OfferEnd,
}

/// What an event of a delivery does to the courier it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Effect {
    /// The delivery of the offer becomes a job.
    Engage(OfferId),
    /// The delivery is no longer the courier's.
    LetGo(OfferId, OfferEnd),
}

impl Effect {
    /// What an event does to whom, given the state before it. An offer is made by taking the courier first, so it is none.
    #[must_use]
    pub fn of(event: &Event, before: &State) -> Option<(CourierId, Self)> {
        match event {
            Event::Assigned(assignment) => Some((assignment.courier_id, Self::Engage(assignment.offer_id))),
            Event::OfferEnded { offer, ending } => {
                let end = match ending {
                    Ending::Declined(_) => OfferEnd::Declined,
                    Ending::Expired => OfferEnd::Expired,
                    Ending::ShiftEnded => OfferEnd::Withdrawn,
                };
                Some((offer.courier_id, Self::LetGo(offer.offer_id, end)))
            }
            Event::Released { .. } => bound_by(before, OfferEnd::Withdrawn),
            // A courier who brings food back is not free before it is back.
            Event::Failed { reason, .. } if leaves_food(*reason) => None,
            Event::Delivered { .. } | Event::Failed { .. } | Event::Returned { .. } | Event::Withdrawn { .. } => {
                bound_by(before, OfferEnd::Accepted)
            }
            Event::Offered(_)
            | Event::Unmatched { .. }
            | Event::FoodDelayed { .. }
            | Event::FoodReady { .. }
            | Event::EtaChanged { .. }
            | Event::Arrived { .. }
            | Event::SeenThere { .. }
            | Event::CodeRefused { .. }
            | Event::PickedUp { .. }
            | Event::PinRefused { .. }
            | Event::FailureReported { .. }
            | Event::Escalated { .. } => None,
        }
    }
}

fn bound_by(state: &State, taken_ends: OfferEnd) -> Option<(CourierId, Effect)> {
    match state {
        State::Offered(offer) => Some((offer.courier_id, Effect::LetGo(offer.offer_id, OfferEnd::Withdrawn))),
        State::Assigned(taken)
        | State::AtRestaurant(taken)
        | State::PickedUp(taken)
        | State::AtCustomer(taken)
        | State::Returning { assignment: taken, .. } => {
            Some((taken.courier_id, Effect::LetGo(taken.offer_id, taken_ends)))
        }
        State::Waiting
        | State::Delivered { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// How a delivery is bound to a courier by an offer, as the delivery itself says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CourierLink {
    /// The courier is asked.
    Asked,
    /// The courier has taken it.
    Taken,
    /// Not at all, or not any more.
    None,
}

impl CourierLink {
    /// The link that a delivery's state says.
    #[must_use]
    pub fn of(state: &State, courier_id: CourierId, offer: OfferId) -> Self {
        let asked = state.offer().is_some_and(|live| live.offer_id == offer);
        let taken = state.assignment().is_some_and(|taken| taken.offer_id == offer);
        match state.bound_courier() {
            Some(bound) if bound == courier_id && asked => Self::Asked,
            Some(bound) if bound == courier_id && taken => Self::Taken,
            Some(_) | None => Self::None,
        }
    }
}

/// What a courier may not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CourierRejection {
    /// An operator has not approved the courier.
    #[error("the courier is not approved yet")]
    NotApproved,
    /// An operator has approved the courier already.
    #[error("the courier is approved already")]
    Approved,
    /// An operator has suspended the courier.
    #[error("the courier is suspended: ask the operators")]
    Suspended,
    /// The courier is none any more.
    #[error("the role of a courier was taken away")]
    RoleLost,
    /// A paper that the courier handed in has expired.
    #[error("a document has expired: hand in a new one")]
    DocumentExpired,
    /// The courier is not working.
    #[error("the courier is off shift")]
    OffShift,
    /// There is something to bring, or to answer, first.
    #[error("bring what was taken and answer the offer first")]
    Bound,
    /// The market's rules say that it is enough.
    #[error("the {} working time is used up", .0.limit.as_str())]
    Worked(Exhausted),
    /// The courier is asked already, or has no room for so much.
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
            country: None,
            papers_until: None,
            duty: Duty::Pending,
            past: Vec::new(),
            ended: None,
            rejected: None,
            suspended: None,
            role_lost: false,
        }
    }

    /// What the courier does on shift, if working.
    #[must_use]
    pub const fn shift(&self) -> Option<&Shift> {
        match &self.duty {
            Duty::Pending | Duty::OffShift => None,
            Duty::OnShift(shift) => Some(shift),
        }
    }

    /// What the courier has taken and not ended yet.
    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        self.shift().map_or(&[], |shift| &shift.jobs)
    }

    /// Approved by an operator who has seen papers that hold until then; `None` if they were approved already.
    #[must_use]
    pub fn approve(&self, papers_until: Option<Timestamp>) -> Option<Self> {
        let duty = match &self.duty {
            Duty::Pending => Duty::OffShift,
            approved @ (Duty::OffShift | Duty::OnShift(_)) => approved.clone(),
        };
        let approved = Self {
            rejected: None,
            papers_until,
            ..self.with(duty)
        };
        (approved != *self).then_some(approved)
    }

    /// Not approved, for a reason; `None` if the reason is the same. Of who is approved already only new papers,
    /// if there are any, can be rejected: those that were approved hold on.
    ///
    /// # Errors
    /// After the approval, without new papers.
    pub fn reject(&self, reason: RejectReason, has_new_papers: bool) -> Result<Option<Self>, CourierRejection> {
        if self.duty != Duty::Pending && !has_new_papers {
            return Err(CourierRejection::Approved);
        }
        let rejected = Self {
            rejected: Some(reason),
            ..self.clone()
        };
        Ok((rejected != *self).then_some(rejected))
    }

    /// The limits of working time that hold for the courier.
    #[must_use]
    pub fn rules(&self) -> &'static Rules {
        rules(self.country)
    }

    /// Working from now on, as long as the rules allow after what was worked before, and to the planned end if there is one;
    /// who works already may have planned another end.
    ///
    /// # Errors
    /// Before the approval, for who is barred, and when the working time is used up.
    pub fn start_shift(
        &self,
        worked: &[Span],
        planned_until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Option<Self>, CourierRejection> {
        match self.duty {
            Duty::Pending => Err(CourierRejection::NotApproved),
            Duty::OffShift => {
                if let Some(bar) = self.barred(now) {
                    return Err(bar.into());
                }
                let shift = Shift {
                    works_until: works_until(self.rules(), worked, now).map_err(CourierRejection::Worked)?,
                    planned_until,
                    ..Shift::beginning(now)
                };
                let on = self.with(Duty::OnShift(shift));
                Ok(Some(Self { ended: None, ..on }))
            }
            Duty::OnShift(_) => Ok(self.replan(planned_until)),
        }
    }

    /// Another planned end of a shift that is worked by a plan; `None` else.
    #[must_use]
    pub fn replan(&self, until: Option<Timestamp>) -> Option<Self> {
        let shift = self.shift()?;
        let is_other = until.is_some() && shift.planned_until.is_some() && until != shift.planned_until;
        let shift = Shift {
            planned_until: until,
            ..shift.clone()
        };
        is_other.then(|| self.with(Duty::OnShift(shift)))
    }

    /// No offers from now on, until the break's end; `None` in a break.
    ///
    /// # Errors
    /// Off shift, and with an offer or a delivery.
    pub fn take_break(&self, now: Timestamp) -> Result<Option<Self>, CourierRejection> {
        let shift = self.shift().ok_or(CourierRejection::OffShift)?;
        if shift.break_since.is_some() {
            return Ok(None);
        }
        if !shift.is_unbound() {
            return Err(CourierRejection::Bound);
        }
        let shift = Shift {
            break_since: Some(now),
            ..shift.clone()
        };
        Ok(Some(self.with(Duty::OnShift(shift))))
    }

    /// Offers again, as long as the rules allow; `None` without a break.
    ///
    /// # Errors
    /// Off shift, for who is barred, and when the working time is used up: also when the break was too short to give any back.
    pub fn resume(&self, worked: &[Span], now: Timestamp) -> Result<Option<Self>, CourierRejection> {
        let shift = self.shift().ok_or(CourierRejection::OffShift)?;
        if let Some(bar) = self.barred(now) {
            return Err(bar.into());
        }
        let Some(break_since) = shift.break_since else {
            return Ok(None);
        };
        let shift = Shift {
            works_from: now,
            works_until: works_until(self.rules(), worked, now).map_err(CourierRejection::Worked)?,
            break_since: None,
            rested: shift.rested + now.duration_since(break_since),
            ..shift.clone()
        };
        Ok(Some(self.with(Duty::OnShift(shift))))
    }

    /// Not working any more. Whatever the courier was bound to must have been freed before.
    #[must_use]
    pub fn end_shift(&self, why: ShiftEnd) -> Self {
        let Some(shift) = self.shift() else {
            return self.clone();
        };
        let off = Self {
            ended: Some(why),
            ..self.with(Duty::OffShift)
        };
        let links = shift.links().map(|(_, offer_id)| offer_id);
        links.fold(off, |courier, offer_id| {
            courier.remembering(offer_id, OfferEnd::Withdrawn)
        })
    }

    /// Takes the courier for an offer.
    ///
    /// # Errors
    /// When the courier is off shift, asked already, or has no room for all of its deliveries.
    pub fn consider(&self, offer: LiveOffer) -> Result<Self, CourierRejection> {
        let shift = self.shift().ok_or(CourierRejection::OffShift)?;
        if offer.deliveries.is_empty() || offer.deliveries.len() > shift.room(self.vehicle) {
            return Err(CourierRejection::NotFree);
        }
        let shift = Shift {
            offer: Some(offer),
            ..shift.clone()
        };
        Ok(self.with(Duty::OnShift(shift)))
    }

    /// The offer to this courier, if it can still be answered.
    ///
    /// # Errors
    /// When it was never made to this courier or has ended; also when it has expired and nobody noticed yet.
    pub fn live_offer(&self, offer: OfferId, now: Timestamp) -> Result<&LiveOffer, CourierRejection> {
        let shift = self.shift();
        if let Some(live) = shift.and_then(|shift| shift.offer.as_ref())
            && live.offer_id == offer
        {
            return match self.barred(now) {
                None if now < live.expires_at => Ok(live),
                None => Err(CourierRejection::OfferOver(OfferEnd::Expired)),
                Some(_) => Err(CourierRejection::OfferOver(OfferEnd::Withdrawn)),
            };
        }
        if self.jobs().iter().any(|job| job.offer_id == offer) {
            return Err(CourierRejection::OfferOver(OfferEnd::Accepted));
        }
        Err(self.past_refusal(offer))
    }

    fn past_refusal(&self, offer: OfferId) -> CourierRejection {
        self.past
            .iter()
            .rev()
            .find(|past| past.offer_id == offer)
            .map_or(CourierRejection::NeverAsked, |past| {
                CourierRejection::OfferOver(past.end)
            })
    }

    /// The courier after what happened to a delivery; `None` if the record says so already.
    #[must_use]
    pub fn after(&self, effect: Effect, delivery_id: DeliveryId) -> Option<Self> {
        match effect {
            Effect::Engage(offer_id) => self.engage(offer_id, delivery_id),
            Effect::LetGo(offer_id, end) => self.let_go(offer_id, delivery_id, end),
        }
    }

    fn engage(&self, offer_id: OfferId, delivery_id: DeliveryId) -> Option<Self> {
        let mut shift = self.shift()?.clone();
        remove_asked(&mut shift, offer_id, delivery_id)?;
        shift.jobs.push(Job { delivery_id, offer_id });
        Some(self.with(Duty::OnShift(shift)))
    }

    fn let_go(&self, offer_id: OfferId, delivery_id: DeliveryId, end: OfferEnd) -> Option<Self> {
        let mut shift = self.shift()?.clone();
        let jobs = shift.jobs.len();
        shift
            .jobs
            .retain(|job| (job.delivery_id, job.offer_id) != (delivery_id, offer_id));
        if shift.jobs.len() < jobs {
            shift.brought += u32::from(end == OfferEnd::Accepted);
        } else {
            remove_asked(&mut shift, offer_id, delivery_id)?;
        }
        let over = shift.links().all(|(_, other)| other != offer_id);
        shift.declined += u32::from(over && end == OfferEnd::Declined);
        let after = self.with(Duty::OnShift(shift));
        Some(if over { after.remembering(offer_id, end) } else { after })
    }

    /// The courier as the deliveries themselves say; `None` if the record says so already. It heals what was left when
    /// a process crashed between what was decided about a delivery and the courier's record.
    #[must_use]
    pub fn settled(&self, link: impl Fn(DeliveryId, OfferId) -> CourierLink) -> Option<Self> {
        let shift = self.shift()?;
        let links: Vec<_> = shift.links().collect();
        let mut settled = self.clone();
        for (delivery_id, offer_id) in links {
            let taken = shift.jobs.contains(&Job { delivery_id, offer_id });
            let effect = match (link(delivery_id, offer_id), taken) {
                (CourierLink::Taken, false) => Effect::Engage(offer_id),
                (CourierLink::None, false) => Effect::LetGo(offer_id, OfferEnd::Withdrawn),
                (CourierLink::None, true) => Effect::LetGo(offer_id, OfferEnd::Accepted),
                (CourierLink::Asked, _) | (CourierLink::Taken, true) => continue,
            };
            settled = settled.after(effect, delivery_id).unwrap_or(settled);
        }
        (settled != *self).then_some(settled)
    }

    fn with(&self, duty: Duty) -> Self {
        Self { duty, ..self.clone() }
    }

    fn remembering(mut self, offer_id: OfferId, end: OfferEnd) -> Self {
        self.past.retain(|past| past.offer_id != offer_id);
        self.past.push(PastOffer { offer_id, end });
        let surplus = self.past.len().saturating_sub(PAST_OFFERS_MAX);
        self.past.drain(..surplus);
        self
    }
}

/// Takes a delivery out of the live offer, if it is in it; the offer ends with its last one.
fn remove_asked(shift: &mut Shift, offer_id: OfferId, delivery_id: DeliveryId) -> Option<()> {
    let live = shift.offer.as_mut().filter(|live| live.offer_id == offer_id)?;
    let at = live.deliveries.iter().position(|asked| *asked == delivery_id)?;
    live.deliveries.remove(at);
    if live.deliveries.is_empty() {
        shift.offer = None;
    }
    Some(())
}

#[cfg(test)]
mod tests;
