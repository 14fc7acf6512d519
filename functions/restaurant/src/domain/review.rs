//! A review: a delivered order invites its customer to one, once.

use std::collections::BTreeSet;

use kernel::{
    FieldError, FieldErrors, OrderId, RestaurantId, ReviewId, SignedDuration, Text, Timestamp, TypedId as _, UserId,
};

use super::rejection::Rejection;

/// How long after the delivery an order may be reviewed: afterwards nobody remembers the food.
pub const REVIEW_WITHIN: SignedDuration = SignedDuration::from_hours(90 * 24);
/// Characters of a comment, at most.
pub const COMMENT_LENGTH_MAX: usize = 2000;
/// What a customer writes.
pub type Comment = Text<COMMENT_LENGTH_MAX>;
/// Items of one order that an invitation remembers, at most.
pub const ITEMS_MAX: usize = 100;
/// The best rating; 1 is the worst.
pub const RATING_MAX: u8 = 5;

/// A delivered order, which its customer may review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The order.
    pub order_id: OrderId,
    /// Who may.
    pub customer_id: UserId,
    pub restaurant_id: RestaurantId,
    /// What was ordered.
    pub item_ids: Vec<String>,
    /// Since when.
    pub delivered_at: Timestamp,
}

/// What a customer thinks of one item.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemRating {
    /// Its id on the menu.
    pub item_id: String,
    /// 1 to 5.
    pub rating: u8,
}

/// What a customer thinks of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opinion {
    /// 1 to 5.
    pub rating: u8,
    /// In words.
    pub comment: Option<Comment>,
    /// Item by item.
    pub items: Vec<ItemRating>,
}

/// An order's review.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    /// Not written yet.
    Invited(Invitation),
    /// Written; it stays as it is.
    Written {
        /// By whom and of what.
        invitation: Invitation,
        /// What was written.
        opinion: Opinion,
        at: Timestamp,
    },
}

impl Invitation {
    /// The invitation to review a delivered order, with each of its items once.
    #[must_use]
    pub fn new(
        order_id: OrderId,
        customer_id: UserId,
        restaurant_id: RestaurantId,
        mut item_ids: Vec<String>,
        delivered_at: Timestamp,
    ) -> Self {
        item_ids.sort_unstable();
        item_ids.dedup();
        item_ids.truncate(ITEMS_MAX);
        Self {
            order_id,
            customer_id,
            restaurant_id,
            item_ids,
            delivered_at,
        }
    }
}

/// The review of an order: its id is a function of the order's, so an order has one at most.
#[must_use]
pub fn review_of(order_id: OrderId) -> ReviewId {
    ReviewId::from_uuid(order_id.uuid())
}

impl Review {
    /// The order and who may review it.
    #[must_use]
    pub const fn invitation(&self) -> &Invitation {
        match self {
            Self::Invited(invitation) | Self::Written { invitation, .. } => invitation,
        }
    }

    /// When it was written; `None` for an invitation.
    #[must_use]
    pub const fn written_at(&self) -> Option<Timestamp> {
        match self {
            Self::Invited(_) => None,
            Self::Written { at, .. } => Some(*at),
        }
    }

    /// The review once it is written; `None` if exactly this was written before.
    ///
    /// # Errors
    /// When it is not the caller's to write, was written otherwise, comes too late, or has values out of range.
    pub fn write(
        &self,
        restaurant_id: RestaurantId,
        by: UserId,
        opinion: &Opinion,
        now: Timestamp,
    ) -> Result<Option<Self>, Rejection> {
        let invitation = self.invitation();
        if invitation.customer_id != by || invitation.restaurant_id != restaurant_id {
            return Err(Rejection::NotFound);
        }
        match self {
            Self::Written { opinion: written, .. } if written == opinion => return Ok(None),
            Self::Written { .. } => return Err(Rejection::AlreadyReviewed),
            Self::Invited(_) => {}
        }
        if now.duration_since(invitation.delivered_at) > REVIEW_WITHIN {
            return Err(Rejection::ReviewTooLate);
        }
        opinion.check(invitation).map_err(Rejection::Invalid)?;
        Ok(Some(Self::Written {
            invitation: invitation.clone(),
            opinion: opinion.clone(),
            at: now,
        }))
    }
}

impl Opinion {
    fn check(&self, invitation: &Invitation) -> Result<(), Vec<FieldError>> {
        let mut errors = FieldErrors::default();
        let in_range = |rating| (1..=RATING_MAX).contains(&rating);
        let message = format!("must be 1 to {RATING_MAX}");
        errors.unless(in_range(self.rating), "/rating", "out_of_range", message.as_str());
        let mut seen = BTreeSet::new();
        for (index, item) in self.items.iter().enumerate() {
            let at = format!("/items/{index}");
            errors.unless(
                in_range(item.rating),
                &format!("{at}/rating"),
                "out_of_range",
                message.as_str(),
            );
            let at = format!("{at}/item_id");
            let ordered = invitation.item_ids.contains(&item.item_id);
            errors.unless(ordered, &at, "not_ordered", "is not an item of this order");
            errors.unless(seen.insert(&item.item_id), &at, "duplicate_id", "is rated twice");
        }
        errors.into_result(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::restaurant::cast::{at, user};

    fn restaurant() -> RestaurantId {
        "rst_01jd8v4q6nf2xb3k7p0zr5t1cd".parse().unwrap()
    }

    fn invited() -> Review {
        Review::Invited(Invitation {
            order_id: "ord_01jd8v4q6nf2x9m3k7p0zr5t1c".parse().unwrap(),
            customer_id: user(1),
            restaurant_id: restaurant(),
            item_ids: vec!["margherita".to_owned(), "tiramisu".to_owned()],
            delivered_at: at("2026-11-20T19:00:00Z"),
        })
    }

    fn opinion(rating: u8, items: &[(&str, u8)]) -> Opinion {
        Opinion {
            rating,
            comment: None,
            items: items
                .iter()
                .map(|(item_id, rating)| ItemRating {
                    item_id: (*item_id).to_owned(),
                    rating: *rating,
                })
                .collect(),
        }
    }

    fn write(review: &Review, by: u8, opinion: &Opinion) -> Result<Option<Review>, Rejection> {
        review.write(restaurant(), user(by), opinion, at("2026-11-20T20:00:00Z"))
    }

    #[test]
    fn a_customer_reviews_a_delivered_order_once() {
        let good = opinion(5, &[("tiramisu", 4)]);
        let written = write(&invited(), 1, &good).unwrap().unwrap();
        assert_eq!(write(&written, 1, &good), Ok(None));
        assert_eq!(write(&written, 1, &opinion(1, &[])), Err(Rejection::AlreadyReviewed));
        assert_eq!(write(&written, 2, &good), Err(Rejection::NotFound));
    }

    #[test]
    fn nobody_else_and_no_other_restaurant() {
        let good = opinion(5, &[]);
        assert_eq!(write(&invited(), 2, &good), Err(Rejection::NotFound));
        let other = "rst_00000000000000000000000001".parse().unwrap();
        let now = at("2026-11-20T20:00:00Z");
        assert_eq!(invited().write(other, user(1), &good, now), Err(Rejection::NotFound));
    }

    #[test]
    fn not_after_ninety_days() {
        let write = |now| invited().write(restaurant(), user(1), &opinion(5, &[]), at(now));
        assert!(write("2027-02-18T19:00:00Z").is_ok());
        assert_eq!(write("2027-02-18T19:00:01Z"), Err(Rejection::ReviewTooLate));
    }

    #[test]
    fn ratings_are_one_to_five_and_of_what_was_ordered() {
        for (opinion, pointer, code) in [
            (opinion(0, &[]), "/rating", "out_of_range"),
            (opinion(6, &[]), "/rating", "out_of_range"),
            (opinion(5, &[("tiramisu", 6)]), "/items/0/rating", "out_of_range"),
            (opinion(5, &[("lasagne", 3)]), "/items/0/item_id", "not_ordered"),
            (
                opinion(5, &[("tiramisu", 3), ("tiramisu", 4)]),
                "/items/1/item_id",
                "duplicate_id",
            ),
        ] {
            let Err(Rejection::Invalid(errors)) = write(&invited(), 1, &opinion) else {
                panic!("{pointer} {code}");
            };
            assert_eq!((errors[0].pointer.as_str(), errors[0].code), (pointer, code));
        }
        assert!(Text::<COMMENT_LENGTH_MAX>::try_from("x".repeat(COMMENT_LENGTH_MAX + 1)).is_err());
    }
}
