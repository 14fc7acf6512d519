//! Bars: why an approved courier may not work, and what that ends.

use kernel::Timestamp;

use super::{Courier, CourierRejection, Duty, ShiftEnd};

contracts::vocabulary! {
/// Why an operator suspends a courier.
pub enum SuspendReason {
    /// How the courier treats people or food.
    Conduct = "conduct",
    /// False reports, or food that disappears.
    Fraud = "fraud",
    /// An accident or a danger that is looked into.
    Safety = "safety",
    /// Anything else.
    Other = "other",
}
}

/// Why an approved courier gets nothing more to bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bar {
    /// An operator suspended the courier.
    Suspended,
    /// The courier lost the role.
    RoleLost,
    /// A paper that an operator had seen has expired.
    DocumentExpired,
}

impl From<Bar> for ShiftEnd {
    fn from(bar: Bar) -> Self {
        match bar {
            Bar::Suspended => Self::Suspended,
            Bar::RoleLost => Self::RoleLost,
            Bar::DocumentExpired => Self::DocumentExpired,
        }
    }
}

impl From<Bar> for CourierRejection {
    fn from(bar: Bar) -> Self {
        match bar {
            Bar::Suspended => Self::Suspended,
            Bar::RoleLost => Self::RoleLost,
            Bar::DocumentExpired => Self::DocumentExpired,
        }
    }
}

impl Courier {
    /// Why the courier gets nothing more to bring, if so. What is in the bag is brought all the same.
    #[must_use]
    pub fn barred(&self, now: Timestamp) -> Option<Bar> {
        if self.role_lost {
            Some(Bar::RoleLost)
        } else if self.suspended.is_some() {
            Some(Bar::Suspended)
        } else {
            let expired = self.papers_until.is_some_and(|until| until <= now);
            expired.then_some(Bar::DocumentExpired)
        }
    }

    /// When the shift ends at the latest, by the rules, the plan and the papers: no way to a restaurant may take longer.
    /// Nothing off shift, and for who is barred.
    #[must_use]
    pub fn ends_at(&self, now: Timestamp) -> Option<Timestamp> {
        let shift = self.shift().filter(|_| self.barred(now).is_none())?;
        Some(
            self.papers_until
                .map_or(shift.ends_at(), |until| until.min(shift.ends_at())),
        )
    }

    /// Why the shift should end by itself, if it should: nobody is taken off anything by it. `heard_at` is when the courier
    /// was last heard of.
    #[must_use]
    pub fn overdue(&self, heard_at: Timestamp, now: Timestamp) -> Option<ShiftEnd> {
        let shift = self.shift().filter(|shift| shift.is_unbound())?;
        let barred = self.barred(now).map(ShiftEnd::from);
        barred.or_else(|| shift.overdue(heard_at, now))
    }

    /// Suspended, for a reason; `None` if the reason is the same.
    ///
    /// # Errors
    /// Before the approval: reject the application instead.
    pub fn suspend(&self, reason: SuspendReason) -> Result<Option<Self>, CourierRejection> {
        if self.duty == Duty::Pending {
            return Err(CourierRejection::NotApproved);
        }
        let suspended = Self {
            suspended: Some(reason),
            ..self.clone()
        };
        Ok((suspended != *self).then_some(suspended))
    }

    /// Not suspended any more; `None` for a courier who is not suspended.
    #[must_use]
    pub fn reinstate(&self) -> Option<Self> {
        let reinstated = Self {
            suspended: None,
            ..self.clone()
        };
        self.suspended.is_some().then_some(reinstated)
    }

    /// With the role of a courier, or without; `None` if that is known.
    #[must_use]
    pub fn with_role(&self, is_held: bool) -> Option<Self> {
        let known = Self {
            role_lost: !is_held,
            ..self.clone()
        };
        (known != *self).then_some(known)
    }
}
