//! The steps of the service: load, decide, commit.

mod change_restaurant;
mod create_restaurant;
mod invite_to_review;
mod list_my_restaurants;
mod publish_menu;
mod read_restaurant;
mod replace_zones;
mod save_menu_draft;
mod search_restaurants;
mod set_availability;
mod write_review;

pub use change_restaurant::change_restaurant;
pub use create_restaurant::{CreateError, create_restaurant};
pub use invite_to_review::invite_to_review;
pub use list_my_restaurants::list_my_restaurants;
pub use publish_menu::publish_menu;
pub use read_restaurant::{read_permitted_restaurant, read_public_restaurant, read_rated_restaurant};
pub use replace_zones::replace_zones;
pub use save_menu_draft::save_menu_draft;
pub use search_restaurants::search_restaurants;
pub use set_availability::set_availability;
pub use write_review::write_review;

use ::store::{ChangeError, StoreError};

use crate::domain::Rejection;

/// Why a step did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum UseCaseError {
    /// The rules forbid it.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The table does not answer, or holds what cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<ChangeError<Self>> for UseCaseError {
    fn from(error: ChangeError<Self>) -> Self {
        match error {
            ChangeError::Missing => Self::Rejected(Rejection::NotFound),
            ChangeError::Rejected(error) => error,
            ChangeError::Commit(error) => Self::Store(error.into()),
            ChangeError::Store(error) => Self::Store(error),
        }
    }
}
