//! Replaces where a restaurant delivers.

use contracts::Cause;
use contracts::restaurant::StaffRole;
use kernel::RestaurantId;

use super::UseCaseError;
use super::change_restaurant::change_restaurant;
use super::read_restaurant::read_permitted_restaurant;
use crate::app::App;
use crate::domain::simplify::{Simplification, is_large, simplify};
use crate::domain::{Area, Authority, Caller, Command, Restaurant};

/// Simplifies the zones if they have too many corners to be kept, and replaces them. Returns the restaurant, and what was
/// simplified of each zone.
///
/// # Errors
/// When there is no such restaurant, the caller may not, the area is invalid, or the table does not answer.
pub async fn replace_zones(
    app: &App,
    id: RestaurantId,
    caller: &Caller,
    cause: &Cause,
    area: Area,
) -> Result<(Restaurant, Vec<Simplification>), UseCaseError> {
    let (area, simplified) = if is_large(&area) {
        // Simplifying takes a while, so whoever may not replace the zones is rejected before it.
        let authority = Authority::AtLeast(StaffRole::Manager);
        read_permitted_restaurant(app, id, caller, authority).await?;
        simplify(area)
    } else {
        (area, Vec::new())
    };
    let restaurant = change_restaurant(app, id, caller, cause, &Command::ReplaceArea(area)).await?;
    Ok((restaurant, simplified))
}
