//! Reviews, and the invitations from which they are made.

use ::store::{Commit, Index, Key, Query, StoreError, Stored};
use contracts::Cause;
use kernel::{OrderId, RestaurantId, ReviewId, SignedDuration, Text, Timestamp, UserId};
use serde::{Deserialize, Serialize};

use super::listing;
use crate::domain::review::{Invitation, ItemRating, Opinion, REVIEW_WITHIN, Review, review_of};

/// An invitation that nobody took up goes away this long after it can be taken up.
const INVITATION_KEPT: SignedDuration = SignedDuration::from_hours(24);

/// A review as its item holds it; without the later fields it is an invitation.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ReviewRecord {
    order_id: OrderId,
    customer_id: UserId,
    restaurant_id: RestaurantId,
    item_ids: Vec<String>,
    delivered_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    opinion: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    written_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2pk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gsi2sk: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct OpinionRecord {
    rating: u8,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    comment: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    items: Vec<(String, u8)>,
}

/// Where a review is.
pub fn review_key(id: ReviewId) -> Key {
    Key::new(format!("REVIEW#{id}"), "STATE")
}

/// A restaurant's reviews, the newest first.
pub fn reviews_of(id: RestaurantId, limit: usize) -> Query {
    Query::new(Index::Gsi2, format!("RESTAURANT#{id}"), limit).newest_first()
}

impl ReviewRecord {
    /// The record of an invitation.
    pub fn invitation(invitation: &Invitation) -> Self {
        let kept = REVIEW_WITHIN + INVITATION_KEPT;
        let invitation = invitation.clone();
        Self {
            order_id: invitation.order_id,
            customer_id: invitation.customer_id,
            restaurant_id: invitation.restaurant_id,
            item_ids: invitation.item_ids,
            delivered_at: invitation.delivered_at,
            opinion: None,
            written_at: None,
            gsi2pk: None,
            gsi2sk: None,
            expires_at: Some(invitation.delivered_at.as_second() + kept.as_secs()),
        }
    }

    fn written(invitation: &Invitation, opinion: &Opinion, at: Timestamp) -> Result<Self, StoreError> {
        let record = OpinionRecord {
            rating: opinion.rating,
            comment: opinion.comment.clone().map(String::from),
            items: opinion
                .items
                .iter()
                .map(|item| (item.item_id.clone(), item.rating))
                .collect(),
        };
        let text = serde_json::to_string(&record).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        let id = review_of(invitation.order_id);
        Ok(Self {
            opinion: Some(text),
            written_at: Some(at),
            gsi2pk: Some(format!("RESTAURANT#{}", invitation.restaurant_id)),
            gsi2sk: Some(format!("{:013}#{id}", at.as_millisecond())),
            expires_at: None,
            ..Self::invitation(invitation)
        })
    }

    /// The review.
    ///
    /// # Errors
    /// When the item holds no review.
    pub fn review(&self) -> Result<Review, StoreError> {
        let invitation = Invitation {
            order_id: self.order_id,
            customer_id: self.customer_id,
            restaurant_id: self.restaurant_id,
            item_ids: self.item_ids.clone(),
            delivered_at: self.delivered_at,
        };
        let (Some(text), Some(at)) = (&self.opinion, self.written_at) else {
            return Ok(Review::Invited(invitation));
        };
        let corrupt = |error: String| StoreError::Corrupt(error);
        let record: OpinionRecord = serde_json::from_str(text).map_err(|error| corrupt(error.to_string()))?;
        let comment = record.comment.map(Text::try_from).transpose();
        let items = record.items.into_iter();
        let opinion = Opinion {
            rating: record.rating,
            comment: comment.map_err(|error| corrupt(error.to_string()))?,
            items: items.map(|(item_id, rating)| ItemRating { item_id, rating }).collect(),
        };
        Ok(Review::Written {
            invitation,
            opinion,
            at,
        })
    }
}

/// The commit that writes a review and adds it to the restaurant's rating.
///
/// # Errors
/// When it cannot be written as a record.
pub fn write_review(
    cause: &Cause,
    read: &Stored<ReviewRecord>,
    invitation: &Invitation,
    opinion: &Opinion,
) -> Result<Commit, StoreError> {
    let id = review_of(invitation.order_id);
    let record = ReviewRecord::written(invitation, opinion, cause.now)?;
    let commit = Commit::new(cause).replace(&review_key(id), &id, read, &record);
    Ok(listing::add_rating(commit, invitation.restaurant_id, opinion.rating))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::restaurant::cast::{at, user};

    #[test]
    fn a_record_holds_the_whole_review() {
        let invitation = Invitation {
            order_id: "ord_01jd8v4q6nf2x9m3k7p0zr5t1c".parse().unwrap(),
            customer_id: user(1),
            restaurant_id: "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().unwrap(),
            item_ids: vec!["tiramisu".to_owned()],
            delivered_at: at("2026-11-20T19:00:00Z"),
        };
        let record = ReviewRecord::invitation(&invitation);
        assert_eq!(record.review().unwrap(), Review::Invited(invitation.clone()));
        assert_eq!(record.expires_at, Some(at("2027-02-19T19:00:00Z").as_second()));
        let opinion = Opinion {
            rating: 4,
            comment: Some(Text::try_from("Hot and quick").unwrap()),
            items: vec![ItemRating {
                item_id: "tiramisu".to_owned(),
                rating: 5,
            }],
        };
        let written_at = at("2026-11-20T20:00:00Z");
        let record = ReviewRecord::written(&invitation, &opinion, written_at).unwrap();
        assert_eq!(record.expires_at, None, "what was written stays");
        let expected = Review::Written {
            invitation,
            opinion,
            at: written_at,
        };
        assert_eq!(record.review().unwrap(), expected);
    }
}
