//! What a courier does on shift, and when the shift is over.

use kernel::{DeliveryId, OfferId, SignedDuration, Timestamp};

use crate::domain::Vehicle;
use crate::domain::work::{SILENT_AFTER, Span};

/// A longer break is the end of the shift.
pub const BREAK_MAX: SignedDuration = SignedDuration::from_hours(2);
contracts::vocabulary! {
/// Why a shift ended.
pub enum ShiftEnd {
    /// The courier wanted it.
    Wanted = "wanted",
    /// Nothing was heard of the courier for too long.
    Silent = "silent",
    /// The market's working time was used up.
    WorkingTime = "working_time",
    /// It was planned so.
    Planned = "planned",
    /// A paper that an operator had seen has expired.
    DocumentExpired = "document_expired",
    /// An operator suspended the courier.
    Suspended = "suspended",
    /// The courier lost the role.
    RoleLost = "role_lost",
}
}

/// What a courier does on shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shift {
    /// Since when the courier works.
    pub since: Timestamp,
    /// Since when without a break.
    pub works_from: Timestamp,
    /// Until when the market's rules allow it.
    pub works_until: Timestamp,
    /// Until when the courier means to work, if the shift was planned.
    pub planned_until: Option<Timestamp>,
    /// Since when the courier has a break.
    pub break_since: Option<Timestamp>,
    /// How long the breaks were that have ended.
    pub rested: SignedDuration,
    /// Deliveries of this shift that have ended.
    pub brought: u32,
    /// Offers that the courier declined on this shift.
    pub declined: u32,
    /// What the courier is asked to take.
    pub offer: Option<LiveOffer>,
    /// What the courier has taken and not ended yet.
    pub jobs: Vec<Job>,
}

/// An offer that waits for the courier's answer: a trip from one restaurant, taken or left as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveOffer {
    /// The offer, which is also the fencing token: an answer to any other offer changes nothing.
    pub offer_id: OfferId,
    /// Its deliveries in the sequence of their drop-offs; one, or a bundle.
    pub deliveries: Vec<DeliveryId>,
    /// Until when it may be taken.
    pub expires_at: Timestamp,
}

/// A delivery that a courier has taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    pub delivery_id: DeliveryId,
    /// By which offer.
    pub offer_id: OfferId,
}

impl Shift {
    /// A shift that begins.
    #[must_use]
    pub const fn beginning(now: Timestamp) -> Self {
        Self {
            since: now,
            works_from: now,
            works_until: Timestamp::MAX,
            planned_until: None,
            break_since: None,
            rested: SignedDuration::ZERO,
            brought: 0,
            declined: 0,
            offer: None,
            jobs: Vec::new(),
        }
    }

    /// True if the courier holds neither an offer nor a delivery, and has no break.
    #[must_use]
    pub const fn is_free(&self) -> bool {
        self.is_unbound() && self.break_since.is_none()
    }

    /// True if the courier holds neither an offer nor a delivery.
    #[must_use]
    pub const fn is_unbound(&self) -> bool {
        self.offer.is_none() && self.jobs.is_empty()
    }

    /// When the shift ends at the latest, if it goes on without a break: no way to a restaurant may take longer.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        self.planned_until
            .map_or(self.works_until, |planned| planned.min(self.works_until))
    }

    /// Why the shift should end by itself, if it should: nobody is taken off anything by it. `heard_at` is when the
    /// courier was last heard of.
    #[must_use]
    pub fn overdue(&self, heard_at: Timestamp, now: Timestamp) -> Option<ShiftEnd> {
        if !self.is_unbound() {
            return None;
        }
        if self.planned_until.is_some_and(|planned| now >= planned) {
            return Some(ShiftEnd::Planned);
        }
        let silent_from = match self.break_since {
            Some(since) => since + BREAK_MAX,
            None if now >= self.works_until => return Some(ShiftEnd::WorkingTime),
            None => heard_at.max(self.works_from) + SILENT_AFTER,
        };
        (now >= silent_from).then_some(ShiftEnd::Silent)
    }

    /// How long the courier has worked on this shift, breaks left out.
    #[must_use]
    pub fn worked(&self, now: Timestamp) -> SignedDuration {
        let until = self.break_since.unwrap_or(now);
        until.duration_since(self.since) - self.rested
    }

    /// The work that ends now; `None` during a break.
    #[must_use]
    pub fn span(&self, now: Timestamp) -> Option<Span> {
        let span = Span {
            from: self.works_from,
            to: now,
        };
        self.break_since.is_none().then_some(span)
    }

    /// How many deliveries an offer may have now; none while another offer waits for its answer, and in a break.
    #[must_use]
    pub fn room(&self, vehicle: Vehicle) -> usize {
        match self.offer {
            Some(_) => 0,
            None if self.break_since.is_some() => 0,
            None => vehicle.capacity().saturating_sub(self.jobs.len()),
        }
    }

    /// Every delivery that the courier is asked about or has taken, and by which offer.
    pub fn links(&self) -> impl Iterator<Item = (DeliveryId, OfferId)> + '_ {
        let asked = self.offer.iter().flat_map(|offer| {
            let deliveries = offer.deliveries.iter();
            deliveries.map(|delivery_id| (*delivery_id, offer.offer_id))
        });
        asked.chain(self.jobs.iter().map(|job| (job.delivery_id, job.offer_id)))
    }
}
