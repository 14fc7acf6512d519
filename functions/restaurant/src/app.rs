//! What the handlers share: the table, and how to carry a command out.

use ::store::{CursorKey, Freshness, StoreError, Stored, Table};
use contracts::Cause;
use kernel::{RestaurantId, Role};
use runtime::{Edge, Principal, Problem};

use crate::domain::search::Rating;
use crate::domain::{Authority, Caller, Command, Refusal, Restaurant};
use crate::store::{ListingRecord, MenuRecord, RestaurantRecord, change, listing_key, menu_key, restaurant_key};

/// What the handlers share. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The service's table.
    pub table: Table,
    /// What the function was started with.
    pub edge: Edge,
    /// Seals the cursors of lists.
    pub cursor_key: CursorKey,
}

impl App {
    /// What the handlers share, from the function's edge.
    pub fn new(edge: &Edge) -> Self {
        Self {
            table: edge.table().clone(),
            edge: edge.clone(),
            cursor_key: edge.cursor_key().clone(),
        }
    }

    /// Carries a command out and returns the restaurant after it.
    ///
    /// # Errors
    /// Why not.
    pub async fn execute(
        &self,
        id: RestaurantId,
        principal: &Principal,
        cause: &Cause,
        command: &Command,
    ) -> Result<Restaurant, Problem> {
        let caller = caller(principal);
        let cause = cause.clone().about(&id);
        let decide = |read: Stored<RestaurantRecord>| {
            let before = Restaurant::from(read.value.clone());
            let events = before.decide(command, &caller, cause.now)?;
            let after = events.iter().fold(before.clone(), Restaurant::evolve);
            let commit = (!events.is_empty()).then(|| change(&cause, &read, &before, &events, &after));
            Ok::<_, Refusal>((commit, after))
        };
        Ok(self.table.change(&restaurant_key(id), decide).await?)
    }

    /// A restaurant, whoever asks.
    ///
    /// # Errors
    /// When there is none, or the table does not answer.
    pub async fn restaurant(&self, id: RestaurantId) -> Result<Restaurant, Problem> {
        let read = self.table.get::<RestaurantRecord>(&restaurant_key(id)).await?;
        read.map(|read| read.value.into()).ok_or_else(Problem::not_found)
    }

    /// A restaurant that anybody may see.
    ///
    /// # Errors
    /// When there is none, or it is not public.
    pub async fn public_restaurant(&self, id: RestaurantId) -> Result<Restaurant, Problem> {
        let restaurant = self.restaurant(id).await?;
        let visible = restaurant.stage.is_public();
        visible.then_some(restaurant).ok_or_else(Problem::not_found)
    }

    /// A restaurant with which the caller may do what needs an authority.
    ///
    /// # Errors
    /// When there is none, or the caller may not.
    pub async fn permitted(
        &self,
        id: RestaurantId,
        principal: &Principal,
        authority: Authority,
    ) -> Result<Restaurant, Problem> {
        let restaurant = self.restaurant(id).await?;
        let is_public = restaurant.stage.is_public();
        restaurant.staff.permit(&caller(principal), authority, is_public)?;
        Ok(restaurant)
    }

    /// A restaurant and its rating, in one round trip.
    ///
    /// # Errors
    /// When there is none, or the table does not answer.
    pub async fn rated(&self, id: RestaurantId) -> Result<(Restaurant, Rating), Problem> {
        let mut items = self
            .table
            .get_all(&[restaurant_key(id), listing_key(id)])
            .await?
            .into_iter();
        let state = items.next().flatten().ok_or_else(Problem::not_found)?;
        let state: Stored<RestaurantRecord> = ::store::read(state)?;
        let listing = items.next().flatten().map(::store::read::<ListingRecord>).transpose()?;
        let rating = listing.map(|listing| listing.value.rating()).unwrap_or_default();
        Ok((state.value.into(), rating))
    }

    /// A published version of a menu. It never changes, so the cheaper read is enough once it is there.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn published_menu(&self, id: RestaurantId, version: u32) -> Result<Option<MenuRecord>, StoreError> {
        let key = menu_key(id, version);
        if let Some(read) = self.table.get_fresh(&key, Freshness::Recent).await? {
            return Ok(Some(read.value));
        }
        self.menu(&key).await
    }

    /// A menu by its key.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn menu(&self, key: &::store::Key) -> Result<Option<MenuRecord>, StoreError> {
        Ok(self.table.get(key).await?.map(|read| read.value))
    }
}

/// The signed-in person as the rules know one.
pub fn caller(principal: &Principal) -> Caller {
    Caller {
        user_id: principal.user_id,
        is_operator: principal.has(Role::Operator),
    }
}
