//! Who calls: the courier that a person is, and whether they have a delivery.

use kernel::{CourierId, DeliveryId, Role, TypedId as _};
use runtime::{Principal, Problem};

use crate::app::App;
use crate::store::{self, Found};
use crate::usecase::close_delivery::ClosedBy;

/// The courier that a person is, who must have the role.
///
/// # Errors
/// Without the role.
pub fn courier_of(principal: &Principal) -> Result<CourierId, Problem> {
    principal.require(Role::Courier)?;
    Ok(own_id(principal))
}

/// A courier at work. A person who lost the role with food in the bag remains one until it is brought.
///
/// # Errors
/// Without the role and anything to bring, or when the table does not answer.
pub async fn at_work(app: &App, principal: &Principal) -> Result<CourierId, Problem> {
    let courier_id = own_id(principal);
    if principal.has(Role::Courier) {
        return Ok(courier_id);
    }
    let found = store::courier(&app.table, courier_id).await?;
    let has_jobs = found.is_some_and(|(_, courier)| !courier.jobs().is_empty());
    has_jobs.then_some(courier_id).ok_or_else(Problem::forbidden)
}

/// The courier of a delivery. A person who lost the role on the way brings what is in the bag all the same.
///
/// # Errors
/// For a person without the role who does not carry the delivery, or when the table does not answer.
pub async fn carrier_of(app: &App, principal: &Principal, delivery_id: DeliveryId) -> Result<CourierId, Problem> {
    if let Ok(courier_id) = courier_of(principal) {
        return Ok(courier_id);
    }
    carries(app, principal, delivery_id)
        .await?
        .ok_or_else(Problem::forbidden)
}

/// Who ends a delivery. An operator who carries it does so as its courier.
///
/// # Errors
/// For a person who is neither, or when the table does not answer.
pub async fn courier_or_operator(
    app: &App,
    principal: &Principal,
    delivery_id: DeliveryId,
) -> Result<ClosedBy, Problem> {
    if !principal.has(Role::Operator) {
        return carrier_of(app, principal, delivery_id).await.map(ClosedBy::Courier);
    }
    let carried = carries(app, principal, delivery_id).await?;
    Ok(carried.map_or(ClosedBy::Operator, ClosedBy::Courier))
}

/// The caller as the courier who carries or carried a delivery; `None` if they did not.
///
/// # Errors
/// When the table does not answer.
pub async fn carries(app: &App, principal: &Principal, delivery_id: DeliveryId) -> Result<Option<CourierId>, Problem> {
    let own = own_id(principal);
    Ok(match store::load(&app.table, delivery_id).await? {
        Found::Delivery(loaded) => loaded
            .delivery
            .progress
            .state
            .carrier()
            .filter(|carrier| *carrier == own),
        Found::CalledOff | Found::Nothing => None,
    })
}

/// A courier has their user's id.
fn own_id(principal: &Principal) -> CourierId {
    CourierId::from_uuid(principal.user_id.uuid())
}
