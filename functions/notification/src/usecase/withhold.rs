//! What may go out: a text message costs money, and whoever makes many of them go to numbers of his own earns by it.
//!
//! The counters cost a write unit, so they are spent once a message is claimed and about to go, and not again when it is
//! tried again. What may not go stays in the inbox, and its end says why.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ::store::{Budget, Commit, SpendError, StoreError, Table};
use contracts::{Cause, Envelope};
use kernel::{Country, MessageId, OrderId, SignedDuration, Timestamp, TypedId as _, UserId};
use runtime::Edge;

use crate::domain::{Frequency, Notice, Rule, is_worth_a_text};
use crate::providers::Parcel;
use crate::store::{AUDIENCE_KEPT_FOR, ToldDelay, expiry, told_delay_key};

const HOUR: SignedDuration = SignedDuration::from_hours(1);
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Texts to one number in a day, whatever they say: three orders bring six, a bad day of a courier's a few more. Who changes
/// the number must show by a code that it is his, and has five codes a day.
const NUMBER: Budget = Budget::new("texts_by_number", 12, DAY);
/// Texts to one person in an hour beside the two that every paid order brings. They tell of what went wrong: more than four in
/// an hour tell nobody anything.
const PERSON: Budget = Budget::new("texts_by_person", 4, HOUR);
/// Texts to one person that ask for the approval of a payment: whoever orders again and again without approving has read the
/// first.
const APPROVAL: Budget = Budget::new("texts_of_approvals", 1, SignedDuration::from_mins(10));
/// Mails to one person in a day beside the two that every paid order brings.
const MAILS: Budget = Budget::new("mails_by_person", 30, DAY);
/// One in so many texts is counted for its market, for all of them: the count is a breaker for thousands a day, not a bill.
const MARKET_SAMPLE: u32 = 10;

/// The rules of what may go out, and which markets are known to have had their texts of the day. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Allowance {
    countries: Arc<[String]>,
    market: Budget,
    spent_markets: Arc<Mutex<HashMap<Country, Timestamp>>>,
}

/// Why something does not go out, though its recipient could be reached and wants it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Withheld {
    /// A text of a moment ago said as much.
    Coalesced,
    /// The number has had its texts of the day.
    NumberBudget,
    /// The person has had the texts of the hour, or the mails of the day.
    PersonBudget,
    /// All numbers of the country together have had their texts of the day.
    MarketBudget,
    /// The number's country is not one that texts are sent to.
    Country,
}

impl Withheld {
    /// The reason in `notification.failed`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Coalesced => "coalesced",
            Self::NumberBudget => "number_budget",
            Self::PersonBudget => "person_budget",
            Self::MarketBudget => "market_budget",
            Self::Country => "country_not_served",
        }
    }
}

/// One message that is about to go.
#[derive(Debug, Clone, Copy)]
pub struct Asked<'a> {
    /// What caused it.
    pub event: &'a Envelope,
    /// In which invocation.
    pub cause: &'a Cause,
    /// What it tells.
    pub notice: &'a Notice,
    /// How.
    pub rule: &'a Rule,
    /// The order it is about.
    pub order_id: Option<OrderId>,
    /// The message over its channel.
    pub message_id: MessageId,
    /// To whom.
    pub user_id: UserId,
}

impl Allowance {
    /// The rules that `TEXT_COUNTRIES` and `TEXTS_PER_MARKET_PER_DAY` set.
    ///
    /// # Errors
    /// When the number is not set.
    pub fn of(edge: &Edge) -> Result<Self, runtime::Error> {
        let countries = edge.environment().optional("TEXT_COUNTRIES").unwrap_or_default();
        let per_day = edge.var("TEXTS_PER_MARKET_PER_DAY")?.parse()?;
        Ok(Self::new(countries, per_day))
    }

    fn new(countries: &str, texts_per_market_per_day: u32) -> Self {
        let countries = countries.split(',').map(str::trim).filter(|code| !code.is_empty());
        let samples = texts_per_market_per_day.div_ceil(MARKET_SAMPLE).max(1);
        Self {
            countries: countries.map(str::to_owned).collect(),
            market: Budget::new("texts_by_market", samples, DAY),
            spent_markets: Arc::default(),
        }
    }

    /// Whether texts are sent to numbers of a country.
    #[must_use]
    pub fn serves(&self, country: Country) -> bool {
        self.countries.iter().any(|served| served == country.as_str())
    }

    /// Counts a message that is about to go; or says why it may not.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn withholds(
        &self,
        table: &Table,
        asked: &Asked<'_>,
        parcel: &Parcel,
    ) -> Result<Option<Withheld>, StoreError> {
        let now = asked.cause.now;
        let user_id = asked.user_id.to_string();
        let Parcel::Sms { to, market, .. } = parcel else {
            let counts = asked.rule.frequency == Frequency::Any;
            let spent = counts && !spend(table, &MAILS, &user_id, now).await?;
            return Ok(spent.then_some(Withheld::PersonBudget));
        };
        let market = *market;
        if !self.serves(market) {
            return Ok(Some(Withheld::Country));
        }
        if self.is_spent(market, now) {
            return Ok(Some(Withheld::MarketBudget));
        }
        if told_already(table, asked).await? {
            return Ok(Some(Withheld::Coalesced));
        }
        if asked.rule.frequency == Frequency::Any && !spend(table, &PERSON, &user_id, now).await? {
            return Ok(Some(Withheld::PersonBudget));
        }
        if !spend(table, &NUMBER, to, now).await? {
            return Ok(Some(Withheld::NumberBudget));
        }
        if is_sampled(asked.message_id) && !spend(table, &self.market, market.as_str(), now).await? {
            self.note_spent(market, now);
            return Ok(Some(Withheld::MarketBudget));
        }
        Ok(None)
    }

    /// Whether this process has found a market's texts of the day spent.
    fn is_spent(&self, market: Country, now: Timestamp) -> bool {
        let spent = self.spent_markets.lock().unwrap_or_else(PoisonError::into_inner);
        spent.get(&market).is_some_and(|until| now < *until)
    }

    fn note_spent(&self, market: Country, now: Timestamp) {
        // The filter of the alarm in the template looks for this field.
        tracing::error!(
            market = market.as_str(),
            market_budget = "spent",
            "a market has had its texts of the day"
        );
        let until = now + SignedDuration::from_secs(i64::from(self.market.retry_after_seconds(now)));
        let mut spent = self.spent_markets.lock().unwrap_or_else(PoisonError::into_inner);
        spent.insert(market, until);
    }
}

/// Whether a text of a moment ago said as much. The first to ask for a later word notes it.
async fn told_already(table: &Table, asked: &Asked<'_>) -> Result<bool, StoreError> {
    match (asked.notice, asked.order_id) {
        (Notice::PaymentActionRequired { .. }, _) => {
            Ok(!spend(table, &APPROVAL, &asked.user_id.to_string(), asked.cause.now).await?)
        }
        (Notice::OrderDelayed { ready_at, .. }, Some(order_id)) => {
            delay_was_told(table, asked, order_id, *ready_at).await
        }
        _ => Ok(false),
    }
}

async fn delay_was_told(
    table: &Table,
    asked: &Asked<'_>,
    order_id: OrderId,
    ready_at: Timestamp,
) -> Result<bool, StoreError> {
    let key = told_delay_key(order_id);
    let now = asked.cause.now;
    let told = table.get::<ToldDelay>(&key).await?;
    let last = told.as_ref().map(|told| (told.value.told_at, told.value.ready_at));
    let is_later = told
        .as_ref()
        .is_none_or(|told| told.value.sequence < asked.event.sequence);
    if !is_later || !is_worth_a_text(last, ready_at, now) {
        return Ok(true);
    }
    let record = ToldDelay {
        sequence: asked.event.sequence,
        ready_at,
        told_at: now,
        expires_at: expiry(now, AUDIENCE_KEPT_FOR),
    };
    let commit = Commit::new(asked.cause).also_write(&key, told.as_ref(), &record);
    // If it is overtaken, another word on the same order goes out at this moment.
    Ok(!table.commit_if_current(commit).await?)
}

/// Counts something; false if its budget is spent.
async fn spend(table: &Table, budget: &Budget, who: &str, now: Timestamp) -> Result<bool, StoreError> {
    match table.spend(budget, who, now).await {
        Ok(()) => Ok(true),
        Err(SpendError::Exhausted { .. }) => Ok(false),
        Err(SpendError::Store(error)) => Err(error),
    }
}

/// Whether a message is one of those that are counted for their market. The low bits of an id are a digest's, so the sample is
/// fair, and the same for a message that is looked at again.
fn is_sampled(message_id: MessageId) -> bool {
    message_id.uuid().as_u128().is_multiple_of(u128::from(MARKET_SAMPLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use contracts::notification::Channel;

    fn country(code: &str) -> Country {
        Country::try_from(code).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        format!("2026-11-20T{text}Z").parse().unwrap()
    }

    #[test]
    fn texts_go_to_countries_of_the_list_alone() {
        let allowance = Allowance::new("NL, BE,,", 1000);
        assert!(allowance.serves(country("NL")) && allowance.serves(country("BE")));
        for other in ["GB", "US", "LU"] {
            assert!(!allowance.serves(country(other)), "{other}");
        }
        assert!(!Allowance::new("", 1000).serves(country("NL")));
    }

    #[test]
    fn a_market_that_has_had_its_texts_gets_none_until_the_next_day() {
        let allowance = Allowance::new("NL,BE", 1000);
        let elsewhere = allowance.clone();
        allowance.note_spent(country("NL"), at("18:30:00"));
        for allowance in [allowance, elsewhere] {
            assert!(
                allowance.is_spent(country("NL"), at("18:30:00")) && allowance.is_spent(country("NL"), at("23:59:59"))
            );
            assert!(!allowance.is_spent(country("BE"), at("18:30:00")));
            assert!(!allowance.is_spent(country("NL"), "2026-11-21T00:00:00Z".parse().unwrap()));
        }
    }

    #[test]
    fn one_in_ten_texts_counts_for_its_market_and_ten_times() {
        assert_eq!(Allowance::new("NL", 1001).market.max, 101);
        assert_eq!(Allowance::new("NL", 1).market.max, 1);
        let id = |number: u32| {
            crate::domain::message_id(at("18:30:00"), &number.to_string(), "usr_1", "receipt", Channel::Sms)
        };
        let sampled = (0..10_000).filter(|number| is_sampled(id(*number))).count();
        assert!((800..1200).contains(&sampled), "{sampled}");
        assert_eq!(is_sampled(id(7)), is_sampled(id(7)));
    }
}
