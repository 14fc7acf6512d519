//! Reads a restaurant for a person who may see it.

use kernel::RestaurantId;

use super::UseCaseError;
use crate::app::App;
use crate::domain::search::Rating;
use crate::domain::{Authority, Caller, Rejection, Restaurant};
use crate::store::{load_rated_restaurant, load_restaurant};

/// Reads a restaurant that is public.
///
/// # Errors
/// [`Rejection::NotFound`] if there is none or it is not public; or the table does not answer.
pub async fn read_public_restaurant(app: &App, id: RestaurantId) -> Result<Restaurant, UseCaseError> {
    let restaurant = load_restaurant(&app.table, id).await?;
    let public = restaurant.filter(|restaurant| restaurant.stage.is_public());
    Ok(public.ok_or(Rejection::NotFound)?)
}

/// Reads a restaurant that is public, and its rating.
///
/// # Errors
/// [`Rejection::NotFound`] if there is none or it is not public; or the table does not answer.
pub async fn read_rated_restaurant(app: &App, id: RestaurantId) -> Result<(Restaurant, Rating), UseCaseError> {
    let rated = load_rated_restaurant(&app.table, id).await?;
    let public = rated.filter(|(restaurant, _)| restaurant.stage.is_public());
    Ok(public.ok_or(Rejection::NotFound)?)
}

/// Reads a restaurant with which the caller may do what needs an authority.
///
/// # Errors
/// [`Rejection::NotFound`] or [`Rejection::Forbidden`] if the caller may not; or the table does not answer.
pub async fn read_permitted_restaurant(
    app: &App,
    id: RestaurantId,
    caller: &Caller,
    authority: Authority,
) -> Result<Restaurant, UseCaseError> {
    let restaurant = load_restaurant(&app.table, id).await?.ok_or(Rejection::NotFound)?;
    restaurant
        .staff
        .permit(caller, authority, restaurant.stage.is_public())?;
    Ok(restaurant)
}
