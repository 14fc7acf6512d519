//! Finding restaurants: which of those nearby meet the criteria, and in what order.

use std::cmp::Ordering;

use contracts::restaurant::Pause;
use kernel::{Meters, Money, OpeningHours, Position, RestaurantId, TimeZone, Timestamp};

use serde::{Deserialize, Serialize};

use super::menu::DIETS_MAX;
use super::opening::{Situation, Timetable};
use super::{Area, Restaurant, Stage};

/// The widest search in metres; no restaurant delivers farther.
pub const RADIUS_MAX: Meters = super::area::DISTANCE_MAX;
/// How wide a search is that does not say, in metres.
pub const RADIUS_DEFAULT: Meters = 5000;
/// Characters of the text to look for, at most.
pub const TEXT_LENGTH_MAX: usize = 100;
/// How much longer the way is than the crow flies: the usual figure for European cities is 1.3 to 1.4.
const ROAD_FACTOR_PER_CENT: u32 = 135;
/// Metres that a courier covers in a minute: 15 km/h, a bicycle in traffic.
const METERS_PER_MINUTE: u32 = 250;
/// Minutes for fetching the food and for finding the door.
const HANDOVER_MINUTES: u32 = 6;
/// A restaurant's rating counts as if so many more people had given [`PRIOR_RATING_TENTHS`]: one enthusiast must not
/// outrank a hundred contented guests.
const PRIOR_RATINGS: u64 = 5;
const PRIOR_RATING_TENTHS: u64 = 35;

/// What a card may weigh as JSON, at most: all that a restaurant may say of itself within its own limits. A usual one weighs a
/// hundredth of it.
#[cfg(test)]
pub const CARD_BYTES_MAX: usize = 64 * 1024;

/// What a search knows of a restaurant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Card {
    pub restaurant_id: RestaurantId,
    /// Its name.
    pub name: String,
    /// What it is like.
    pub description: Option<String>,
    /// Kinds of kitchen, in lower case.
    pub cuisines: Vec<String>,
    /// Where it is.
    pub position: Position,
    /// In which its hours are meant.
    #[serde(with = "super::zone_name")]
    pub time_zone: TimeZone,
    /// When it is open.
    pub hours: OpeningHours,
    /// Where it delivers.
    pub area: Area,
    /// How long it usually cooks, in minutes.
    pub prep_time_minutes: u32,
    /// The smallest basket it takes.
    pub minimum_order: Option<Money>,
    /// Set while it takes no orders.
    pub pause: Option<Pause>,
    /// The diets that some item of its menu suits.
    pub diets: Vec<String>,
    /// The median price of its items.
    pub typical_price: Option<Money>,
}

/// What customers think of a restaurant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rating {
    /// All ratings together.
    pub sum: u64,
    /// How many there are.
    pub count: u64,
}

/// The order of what is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// The nearest first.
    Distance,
    /// The best rated first.
    Rating,
    /// The soonest at the door first.
    Eta,
    /// The cheapest dishes first.
    Price,
}

/// The criteria of a search.
#[derive(Debug, Clone, PartialEq)]
pub struct Criteria {
    /// From here.
    pub near: Position,
    /// At most so far away.
    pub radius_m: Meters,
    /// Every word is somewhere in its name, its cuisines or its description; in lower case.
    pub words: Vec<String>,
    /// This kind of kitchen, in lower case.
    pub cuisine: Option<String>,
    /// Something for this diet, in lower case.
    pub diet: Option<String>,
    /// Only those that take orders now.
    pub open_now: bool,
    /// The order.
    pub sort: Sort,
}

/// A restaurant that was found.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// What is known of it.
    pub card: Card,
    /// What customers think of it.
    pub rating: Rating,
    /// How far away it is, as the crow flies.
    pub distance_m: Meters,
    /// How it stands with orders.
    pub situation: Situation,
    /// True if it delivers there.
    pub delivers: bool,
    /// When an order placed now would arrive, in minutes; `None` if none would.
    pub eta_minutes: Option<u32>,
}

/// Where a hit stands in the order of its list: it goes up from hit to hit, and says where a page ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Rank {
    value: i64,
    distance_m: Meters,
    restaurant_id: String,
}

impl Rating {
    /// The average in hundredths; `None` before the first rating.
    #[must_use]
    pub const fn average_hundredths(self) -> Option<u64> {
        (self.sum * 100 + self.count / 2).checked_div(self.count)
    }

    /// What it is ordered by, in thousandths.
    const fn weight(self) -> u64 {
        (self.sum * 10 + PRIOR_RATINGS * PRIOR_RATING_TENTHS) * 100 / (self.count + PRIOR_RATINGS)
    }
}

impl Card {
    /// What a search may know of a restaurant; `None` unless it is public.
    #[must_use]
    pub fn of(restaurant: &Restaurant) -> Option<Self> {
        let pause = match &restaurant.stage {
            Stage::Approved { pause, .. } => pause.clone(),
            Stage::Draft | Stage::Submitted { .. } | Stage::Suspended { .. } => return None,
        };
        let profile = &restaurant.profile;
        let menu = restaurant.menu.as_ref();
        Some(Self {
            restaurant_id: restaurant.id,
            name: profile.name.to_string(),
            description: profile.description.as_ref().map(ToString::to_string),
            cuisines: profile.cuisines.clone(),
            position: profile.position,
            time_zone: profile.time_zone.clone(),
            hours: restaurant.hours.clone(),
            area: restaurant.area.clone(),
            prep_time_minutes: profile.prep_time_minutes,
            minimum_order: profile.minimum_order,
            pause,
            diets: menu
                .map(|menu| menu.diets.iter().take(DIETS_MAX).cloned().collect())
                .unwrap_or_default(),
            typical_price: menu.and_then(|menu| menu.typical_price),
        })
    }

    fn situation(&self, now: Timestamp) -> Situation {
        Timetable {
            hours: &self.hours,
            time_zone: &self.time_zone,
            pause: self.pause.as_ref(),
            prep_time_minutes: self.prep_time_minutes,
        }
        .at(now)
    }

    fn mentions(&self, word: &str) -> bool {
        let contains = |text: &str| text.to_lowercase().contains(word);
        contains(&self.name)
            || self.cuisines.iter().any(|cuisine| cuisine.contains(word))
            || self.description.as_deref().is_some_and(contains)
    }
}

impl Criteria {
    /// The restaurant as a hit, if it meets the criteria.
    #[must_use]
    pub fn evaluate(&self, card: Card, rating: Rating, now: Timestamp) -> Option<Hit> {
        let distance_m = self.near.distance(card.position);
        let is_one_of = |wanted: &Option<String>, found: &[String]| {
            let matches = |wanted: &String| found.iter().any(|found| found.to_lowercase() == *wanted);
            wanted.as_ref().is_none_or(matches)
        };
        let fits = distance_m <= self.radius_m
            && is_one_of(&self.cuisine, &card.cuisines)
            && is_one_of(&self.diet, &card.diets)
            && self.words.iter().all(|word| card.mentions(word));
        if !fits {
            return None;
        }
        let situation = card.situation(now);
        if self.open_now && !situation.is_open() {
            return None;
        }
        let delivers = card.area.reaches(card.position, self.near);
        let minutes = card.prep_time_minutes + travel_minutes(distance_m);
        let eta_minutes = (delivers && situation.is_open()).then_some(minutes);
        Some(Hit {
            card,
            rating,
            distance_m,
            situation,
            delivers,
            eta_minutes,
        })
    }

    /// Where a hit stands in the order that was wished for. What lacks the figure comes last.
    #[must_use]
    pub fn rank(&self, hit: &Hit) -> Rank {
        let value = match self.sort {
            Sort::Distance => 0,
            Sort::Rating => -i64::try_from(hit.rating.weight()).unwrap_or(i64::MAX),
            Sort::Eta => hit.eta_minutes.map_or(i64::MAX, i64::from),
            Sort::Price => hit.card.typical_price.map_or(i64::MAX, Money::amount),
        };
        Rank {
            value,
            distance_m: hit.distance_m,
            restaurant_id: hit.card.restaurant_id.to_string(),
        }
    }

    /// The page of hits that follows a rank, and the rank at which the page ends if more follow.
    #[must_use]
    pub fn page(&self, hits: Vec<Hit>, after: Option<&Rank>, limit: usize) -> (Vec<Hit>, Option<Rank>) {
        let mut ranked: Vec<(Rank, Hit)> = hits
            .into_iter()
            .map(|hit| (self.rank(&hit), hit))
            .filter(|(rank, _)| after.is_none_or(|after| rank.cmp(after) == Ordering::Greater))
            .collect();
        ranked.sort_by(|(a, _), (b, _)| a.cmp(b));
        let more = ranked.len() > limit;
        ranked.truncate(limit);
        let end = ranked.last().filter(|_| more).map(|(rank, _)| rank.clone());
        (ranked.into_iter().map(|(_, hit)| hit).collect(), end)
    }

    /// True if what is farther away than `distance` metres cannot be on the page any more: enough nearer ones are known
    /// and the nearest are wanted.
    #[must_use]
    pub fn is_settled(&self, hits: &[Hit], after: Option<&Rank>, limit: usize, distance: f64) -> bool {
        let nearer = |hit: &&Hit| {
            f64::from(hit.distance_m) < distance && after.is_none_or(|after| self.rank(hit).cmp(after).is_gt())
        };
        self.sort == Sort::Distance && hits.iter().filter(nearer).count() > limit
    }
}

/// How long a courier takes for a distance as the crow flies, hand-over included, in minutes.
const fn travel_minutes(distance: Meters) -> u32 {
    (distance * ROAD_FACTOR_PER_CENT / 100).div_ceil(METERS_PER_MINUTE) + HANDOVER_MINUTES
}

#[cfg(test)]
mod tests;
