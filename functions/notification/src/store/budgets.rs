//! How many messages go out in a while. A counter costs a write unit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::store::{Budget, SpendError, StoreError, Table};
use kernel::{Country, SignedDuration, Timestamp};

use crate::domain::MARKET_SAMPLE;

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Texts to one number in a day, whatever they say: three orders bring six, a courier's bad day a few more. Who changes
/// their number must show by a code that it is theirs, and has five codes a day.
pub const TEXTS_BY_NUMBER: Budget = Budget::new("texts_by_number", 12, DAY);
/// Texts to one person in an hour beside the two that every paid order brings. They tell of what went wrong: more than four in
/// an hour tell nobody anything.
pub const TEXTS_BY_PERSON: Budget = Budget::new("texts_by_person", 4, HOUR);
/// Texts to one person that ask for the approval of a payment: whoever orders again and again without approving has read the
/// first.
pub const TEXTS_OF_APPROVALS: Budget = Budget::new("texts_of_approvals", 1, SignedDuration::from_mins(10));
/// Mails to one person in a day beside the two that every paid order brings.
pub const MAILS_BY_PERSON: Budget = Budget::new("mails_by_person", 30, DAY);

/// Counts something; false if its budget is spent.
///
/// # Errors
/// When the table does not answer.
pub async fn spend(table: &Table, budget: &Budget, who: &str, now: Timestamp) -> Result<bool, StoreError> {
    match table.spend(budget, who, now).await {
        Ok(()) => Ok(true),
        Err(SpendError::Exhausted { .. }) => Ok(false),
        Err(SpendError::Store(error)) => Err(error),
    }
}

/// Texts to all numbers of a country in a day. A process remembers which countries have none left. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MarketBudget {
    samples: Budget,
    spent_until: Arc<Mutex<HashMap<Country, Timestamp>>>,
}

impl MarketBudget {
    /// A budget of so many texts to each country in a day.
    pub fn new(texts_per_day: u32) -> Self {
        let samples = texts_per_day.div_ceil(MARKET_SAMPLE).max(1);
        Self {
            samples: Budget::new("texts_by_market", samples, DAY),
            spent_until: Arc::default(),
        }
    }

    /// Whether this process has found a country's texts of the day spent.
    pub fn is_spent(&self, market: Country, now: Timestamp) -> bool {
        let spent = self.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
        spent.get(&market).is_some_and(|until| now < *until)
    }

    /// Counts a sampled text; false if the country's texts of the day are spent.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn spend(&self, table: &Table, market: Country, now: Timestamp) -> Result<bool, StoreError> {
        let is_left = spend(table, &self.samples, market.as_str(), now).await?;
        if !is_left {
            self.note_spent(market, now);
        }
        Ok(is_left)
    }

    fn note_spent(&self, market: Country, now: Timestamp) {
        // The filter of the alarm in the template looks for this field.
        tracing::error!(
            market = market.as_str(),
            market_budget = "spent",
            "a market has had its texts of the day"
        );
        let until = now + SignedDuration::from_secs(i64::from(self.samples.retry_after_seconds(now)));
        let mut spent = self.spent_until.lock().unwrap_or_else(PoisonError::into_inner);
        spent.insert(market, until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn country(code: &str) -> Country {
        Country::try_from(code).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-20T{text}Z").parse().unwrap()
    }

    #[test]
    fn a_market_that_has_had_its_texts_gets_none_until_the_next_day() {
        let budget = MarketBudget::new(1000);
        let elsewhere = budget.clone();
        budget.note_spent(country("NL"), at("18:30:00"));
        for budget in [budget, elsewhere] {
            assert!(budget.is_spent(country("NL"), at("18:30:00")) && budget.is_spent(country("NL"), at("23:59:59")));
            assert!(!budget.is_spent(country("BE"), at("18:30:00")));
            assert!(!budget.is_spent(country("NL"), "2026-11-21T00:00:00Z".parse().unwrap()));
        }
    }

    #[test]
    fn a_sampled_text_counts_ten_times() {
        assert_eq!(MarketBudget::new(1001).samples.max, 101);
        assert_eq!(MarketBudget::new(1).samples.max, 1);
    }
}
