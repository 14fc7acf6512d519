//! The commands that a restaurant takes, and the events that follow from them.

use contracts::menu::Menu;
use contracts::restaurant::{Capacity, Pause, StaffMember, StaffRole};
use kernel::{OpeningHours, Timestamp, UserId};

use super::{Area, Authority, Invitation, Override, Profile, ProfileChange, PublishedMenu};

/// What can be asked of a restaurant.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Change what it says of itself, if nobody else changed it since `revision`.
    Change {
        /// The revision that the change was made from.
        revision: u64,
        /// The change.
        change: Box<ProfileChange>,
    },
    /// Ask for approval.
    Submit,
    /// Let it onto the platform, or back on.
    Approve,
    /// Take it off.
    Suspend {
        /// Why, for its staff.
        reason: Option<String>,
    },
    /// Take no orders for a while.
    Pause(Pause),
    /// Take orders again.
    Resume,
    /// Set when it is open.
    ReplaceHours(OpeningHours),
    /// Set where it delivers.
    ReplaceArea(Area),
    /// Set how much it cooks at a time.
    ReplaceCapacity(Capacity),
    /// Invite a person, or change the role of one who works there.
    PutStaff(StaffMember),
    /// Work there from now on, as one was invited to.
    AcceptInvitation,
    /// Remove a person, or take an invitation back; that person may do so too.
    RemoveStaff(UserId),
    /// Publish a draft of the menu.
    PublishMenu {
        /// Which draft it is.
        draft_revision: String,
        /// The draft.
        menu: Box<Menu>,
    },
    /// Say at once whether an item or an option can be ordered.
    SetAvailability {
        /// The entry and what to say of it.
        entry: Override,
        /// What the published menu says of it; `None` if it is not on the menu.
        listed: Option<bool>,
    },
}

impl Command {
    /// Who may ask it.
    #[must_use]
    pub const fn authority(&self) -> Authority {
        match self {
            Self::Approve | Self::Suspend { .. } => Authority::Operator,
            Self::PutStaff(_) | Self::RemoveStaff(_) => Authority::AtLeast(StaffRole::Owner),
            Self::Change { .. }
            | Self::Submit
            | Self::ReplaceHours(_)
            | Self::ReplaceArea(_)
            | Self::ReplaceCapacity(_)
            | Self::PublishMenu { .. } => Authority::AtLeast(StaffRole::Manager),
            Self::AcceptInvitation | Self::Pause(_) | Self::Resume | Self::SetAvailability { .. } => {
                Authority::AtLeast(StaffRole::Staff)
            }
        }
    }
}

/// What happened to a restaurant.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// It says something else of itself.
    ProfileChanged(Box<Profile>),
    /// It waits for an operator.
    Submitted {
        /// Since when.
        at: Timestamp,
    },
    /// An operator let it on.
    Approved {
        /// Since when.
        at: Timestamp,
    },
    /// An operator took it off.
    Suspended {
        /// Since when.
        at: Timestamp,
        /// Why.
        reason: Option<String>,
    },
    /// It takes no orders for a while.
    Paused(Pause),
    /// It takes orders again.
    Resumed,
    /// Its hours are others.
    HoursReplaced(OpeningHours),
    /// It delivers elsewhere.
    AreaReplaced(Area),
    /// It cooks more or less at a time.
    CapacityReplaced(Capacity),
    /// A person may come.
    StaffInvited(Invitation),
    /// A person came, or has another role.
    StaffPut(StaffMember),
    /// A person left, or will not come.
    StaffRemoved(UserId),
    /// A menu is shown.
    MenuPublished {
        /// What is known of it.
        published: PublishedMenu,
        /// The menu.
        menu: Box<Menu>,
    },
    /// An item or an option sold out or came back.
    AvailabilityChanged {
        /// Which, and what.
        entry: Override,
        /// Since when.
        at: Timestamp,
    },
}
