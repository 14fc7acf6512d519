//! Who works at a restaurant, who is invited to, and what each may do.

use contracts::restaurant::{StaffMember, StaffRole};
use kernel::{SignedDuration, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::rejection::Rejection;

/// People at one restaurant, at most, those included who are invited.
pub const STAFF_MAX: usize = 50;
/// How long an invitation may be accepted.
pub const INVITATION_LASTS: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The people who work at a restaurant; at least one owner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Staff(Vec<StaffMember>);

/// Somebody who may come to work at a restaurant, and has not said so yet: nobody works anywhere without having agreed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Who, and as what.
    #[serde(flatten)]
    pub member: StaffMember,
    /// Until when it may be accepted.
    pub until: Timestamp,
}

/// The invitations of a restaurant, one a person.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Invitations(Vec<Invitation>);

impl Invitations {
    /// True if there is none, not even one that is over.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Those that may still be accepted.
    pub fn open(&self, now: Timestamp) -> impl Iterator<Item = &Invitation> {
        self.0.iter().filter(move |invitation| now < invitation.until)
    }

    /// The invitation of a person, if it may still be accepted.
    #[must_use]
    pub fn of(&self, user_id: UserId, now: Timestamp) -> Option<&Invitation> {
        self.open(now).find(|invitation| invitation.member.user_id == user_id)
    }

    /// Adds one, in place of any earlier one of the same person, and forgets those that are over.
    pub fn put(&mut self, invitation: Invitation) {
        self.remove(invitation.member.user_id);
        self.0.retain(|known| invitation.until < known.until + INVITATION_LASTS);
        self.0.push(invitation);
    }

    /// Takes a person's back.
    pub fn remove(&mut self, user_id: UserId) {
        self.0.retain(|invitation| invitation.member.user_id != user_id);
    }
}

/// Who asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Caller {
    /// The person.
    pub user_id: UserId,
    /// True for those who run the platform.
    pub is_operator: bool,
}

/// The relation of a person to a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// Works there.
    Staff(StaffRole),
    /// Runs the platform.
    Operator,
    /// Neither.
    Stranger,
}

/// Who may do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// Staff in this role or a higher one.
    AtLeast(StaffRole),
    /// Operators only.
    Operator,
    /// Operators and staff.
    Insider,
}

impl Staff {
    /// The staff of a new restaurant: its creator.
    #[must_use]
    pub fn owned_by(owner: UserId) -> Self {
        Self(vec![StaffMember {
            user_id: owner,
            role: StaffRole::Owner,
        }])
    }

    /// Everyone.
    #[must_use]
    pub fn members(&self) -> &[StaffMember] {
        &self.0
    }

    /// What a person does there.
    #[must_use]
    pub fn role(&self, user_id: UserId) -> Option<StaffRole> {
        self.0
            .iter()
            .find(|member| member.user_id == user_id)
            .map(|member| member.role)
    }

    /// Whether the restaurant can do without this owner.
    ///
    /// # Errors
    /// When the person is the only owner.
    pub fn check_spare(&self, user_id: UserId) -> Result<(), Rejection> {
        let is_owner = |member: &&StaffMember| member.role == StaffRole::Owner;
        let others = self.0.iter().filter(is_owner).any(|owner| owner.user_id != user_id);
        if others || self.role(user_id) != Some(StaffRole::Owner) {
            Ok(())
        } else {
            Err(Rejection::LastOwner)
        }
    }

    /// Adds a person or changes the role.
    pub fn put(&mut self, member: StaffMember) {
        self.remove(member.user_id);
        self.0.push(member);
    }

    /// Removes a person.
    pub fn remove(&mut self, user_id: UserId) {
        self.0.retain(|member| member.user_id != user_id);
    }

    /// What a caller is here. Who works there counts as that even when also an operator, unless the operator's power
    /// is what is asked for.
    #[must_use]
    pub fn relation(&self, caller: &Caller) -> Relation {
        match (self.role(caller.user_id), caller.is_operator) {
            (Some(role), _) => Relation::Staff(role),
            (None, true) => Relation::Operator,
            (None, false) => Relation::Stranger,
        }
    }

    /// Whether a caller may do what needs an authority.
    ///
    /// # Errors
    /// [`Rejection::NotFound`] for a caller who may not know of the restaurant, else [`Rejection::Forbidden`].
    pub fn permit(&self, caller: &Caller, authority: Authority, is_public: bool) -> Result<(), Rejection> {
        let relation = self.relation(caller);
        let permitted = match authority {
            // The higher role is the smaller one.
            Authority::AtLeast(least) => matches!(relation, Relation::Staff(role) if role <= least),
            Authority::Operator => caller.is_operator,
            Authority::Insider => relation != Relation::Stranger,
        };
        if permitted {
            Ok(())
        } else if relation == Relation::Stranger && !is_public {
            Err(Rejection::NotFound)
        } else {
            Err(Rejection::Forbidden)
        }
    }
}
