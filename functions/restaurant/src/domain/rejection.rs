//! Why a command is rejected.

use super::{Action, StageName};
use kernel::FieldError;

/// Why a command is rejected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// There is none, or the caller may not know that it exists.
    #[error("there is no such restaurant or review")]
    NotFound,
    /// The caller may see it, but not do this.
    #[error("not permitted")]
    Forbidden,
    /// Somebody else changed it since it was read.
    #[error("changed since it was read")]
    Stale,
    /// Not from this stage.
    #[error("a restaurant that is {} cannot {}", .from.as_str(), .action.as_str())]
    WrongStage {
        /// Where it stands.
        from: StageName,
        /// The action that was asked for.
        action: Action,
    },
    /// What sells out is said of a menu that customers see.
    #[error("nothing can sell out before the restaurant is approved")]
    NotApproved,
    /// The published menu has no such item or option.
    #[error("the published menu has no such entry")]
    NoSuchEntry,
    /// More than any menu should be corrected by hand.
    #[error("too many entries differ from the menu")]
    TooManyOverrides,
    /// Somebody must own it.
    #[error("the last owner stays")]
    LastOwner,
    /// More people than a restaurant may have.
    #[error("too many people")]
    TooManyStaff,
    /// There is no draft to publish.
    #[error("there is no draft of the menu")]
    MenuMissing,
    /// Longer than an item of the table can hold.
    #[error("the menu is too large to be stored")]
    MenuTooLarge,
    /// The order was reviewed otherwise before.
    #[error("the order has been reviewed")]
    AlreadyReviewed,
    /// The time to review the order is over.
    #[error("the order was delivered too long ago")]
    ReviewTooLate,
    /// Values out of range.
    #[error("invalid values")]
    Invalid(Vec<FieldError>),
}

impl From<Vec<FieldError>> for Rejection {
    fn from(errors: Vec<FieldError>) -> Self {
        Self::Invalid(errors)
    }
}
