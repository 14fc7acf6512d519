//! Writes the review of a delivered order.

use ::store::Stored;
use contracts::Cause;
use kernel::{OrderId, RestaurantId, Timestamp, UserId};

use super::UseCaseError;
use crate::app::App;
use crate::domain::review::{Opinion, review_of};
use crate::publish::reviewed;
use crate::store::{self, ReviewRecord, review_key};

/// Writes a customer's opinion of an order, together with the restaurant's rating, and returns when it was written. The same
/// opinion again changes nothing.
///
/// # Errors
/// When the customer has no invitation to it, the rules reject it, or the table does not answer.
pub async fn write_review(
    app: &App,
    restaurant_id: RestaurantId,
    order_id: OrderId,
    customer_id: UserId,
    cause: &Cause,
    opinion: &Opinion,
) -> Result<Timestamp, UseCaseError> {
    let cause = cause.clone().about(&order_id);
    let decide = |read: Stored<ReviewRecord>| {
        let review = read.value.review()?;
        if review.write(restaurant_id, customer_id, opinion, cause.now)?.is_none() {
            return Ok((None, review.written_at().unwrap_or(cause.now)));
        }
        let invitation = review.invitation();
        let commit = store::write_review(&cause, &read, invitation, opinion)?;
        let commit = commit.event(&reviewed(invitation, opinion.rating));
        Ok::<_, UseCaseError>((Some(commit), cause.now))
    };
    Ok(app.table.change(&review_key(review_of(order_id)), decide).await?)
}
