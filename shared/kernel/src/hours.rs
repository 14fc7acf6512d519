//! Opening hours: the one engine that search, quotes, orders and menus ask.
//!
//! Weekly hours and dated exceptions in a restaurant's local time, turned into instants by its IANA time zone. Intervals
//! may be split over a day and run over midnight. Where a clock change skips a local time, the interval moves to the
//! next valid one; where it repeats one, the first is meant (RFC 5545's rule).

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use utoipa::PartialSchema as _;

use crate::coded;

/// How far ahead the next opening is looked for, in days: a summer's closure is still found.
const HORIZON_DAYS: u32 = 60;
/// Intervals a day, at most.
pub const INTERVALS_PER_DAY_MAX: usize = 6;
/// Exceptions, at most: more than two years of public holidays.
pub const EXCEPTIONS_MAX: usize = 100;

/// An IANA time zone, such as `Europe/Amsterdam`.
#[derive(Clone, PartialEq, Eq)]
pub struct TimeZone(tz::TimeZone);

/// A name of the time-zone database (ECMA-262). Not every name of this form is in it.
const NAME_PATTERN: &str = "^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$";
/// Characters of a name of the time-zone database, at most: the longest has 32.
const NAME_LENGTH_MAX: usize = 64;

/// A name that the time-zone database does not list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an IANA time zone such as Europe/Amsterdam")]
pub struct UnknownTimeZone;

impl TimeZone {
    /// Coordinated Universal Time.
    #[must_use]
    pub fn utc() -> Self {
        Self(tz::TimeZone::UTC)
    }

    /// The name in the database.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// The local date and time of an instant.
    #[must_use]
    pub fn local(&self, at: Timestamp) -> jiff::civil::DateTime {
        self.0.to_datetime(at)
    }

    fn instant(&self, date: Date, time: LocalTime) -> Option<Timestamp> {
        let clock = date.at(i8::try_from(time.0 / 60).ok()?, i8::try_from(time.0 % 60).ok()?, 0, 0);
        self.0.to_ambiguous_timestamp(clock).compatible().ok()
    }
}

impl FromStr for TimeZone {
    type Err = UnknownTimeZone;
    fn from_str(name: &str) -> Result<Self, UnknownTimeZone> {
        let zone = tz::TimeZone::get(name).map_err(|_| UnknownTimeZone)?;
        zone.iana_name().is_some().then_some(Self(zone)).ok_or(UnknownTimeZone)
    }
}

impl utoipa::PartialSchema for TimeZone {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some(NAME_PATTERN))
            .max_length(Some(NAME_LENGTH_MAX))
            .examples(["Europe/Amsterdam"])
            .into()
    }
}

impl utoipa::ToSchema for TimeZone {}

impl fmt::Debug for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A time of day to the minute: `00:00` to `23:59`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocalTime(u16);

impl LocalTime {
    /// Minutes since local midnight.
    #[must_use]
    pub const fn minutes(self) -> u16 {
        self.0
    }
}

impl FromStr for LocalTime {
    type Err = InvalidHours;
    fn from_str(text: &str) -> Result<Self, InvalidHours> {
        let (hour, minute) = text.split_once(':').ok_or(InvalidHours::Time)?;
        let part = |digits: &str, below: u16| {
            let valid = digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits
                .parse::<u16>()
                .ok()
                .filter(|value| valid && *value < below)
                .ok_or(InvalidHours::Time)
        };
        Ok(Self(part(hour, 24)? * 60 + part(minute, 60)?))
    }
}

impl fmt::Display for LocalTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Serialize for LocalTime {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for LocalTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error: InvalidHours| coded::error(error.code(), error))
    }
}

impl utoipa::PartialSchema for LocalTime {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .pattern(Some("^([01][0-9]|2[0-3]):[0-5][0-9]$"))
            .examples(["18:00"])
            .into()
    }
}

impl utoipa::ToSchema for LocalTime {}

/// From a time of day to another; `to` at or before `from` is the next day's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// Opens.
    pub from: LocalTime,
    /// Closes. The end of the day may also be written `24:00`, and is shown as `00:00`.
    #[serde(deserialize_with = "closing")]
    #[schema(schema_with = closing_schema)]
    pub to: LocalTime,
}

/// The end of a day, as ISO 8601 writes it: the same instant as the next day's `00:00`.
const END_OF_DAY: &str = "24:00";

fn closing<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LocalTime, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text == END_OF_DAY {
        return Ok(LocalTime(0));
    }
    text.parse()
        .map_err(|error: InvalidHours| coded::error(error.code(), error))
}

fn closing_schema() -> utoipa::openapi::Object {
    utoipa::openapi::ObjectBuilder::new()
        .schema_type(utoipa::openapi::Type::String)
        .pattern(Some("^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$"))
        .description(Some(
            "Closes. The end of the day may also be written `24:00`, and is shown as `00:00`.",
        ))
        .examples(["23:00"])
        .build()
}

impl Interval {
    /// Start and end in minutes since midnight of the day it begins; the end may lie in the next day.
    const fn minutes(self) -> (u16, u16) {
        let overnight = if self.to.0 <= self.from.0 { 24 * 60 } else { 0 };
        (self.from.0, self.to.0 + overnight)
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Weekday {
    Mon,
    Tue,
    Wed,
    Thu,
    Fri,
    Sat,
    Sun,
}

impl Weekday {
    const ALL: [Self; 7] = [
        Self::Mon,
        Self::Tue,
        Self::Wed,
        Self::Thu,
        Self::Fri,
        Self::Sat,
        Self::Sun,
    ];

    const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

    /// The day of the week of a date.
    #[must_use]
    pub fn of(date: Date) -> Self {
        let offset = date.weekday().to_monday_zero_offset();
        Self::ALL[usize::from(offset.unsigned_abs()) % 7]
    }
}

/// Read as a text and not as a variant: so a complaint about a day's hours can name the day that they stand under.
impl<'de> Deserialize<'de> for Weekday {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let index = Self::NAMES.iter().position(|known| *known == name);
        let day = index.and_then(|index| Self::ALL.get(index)).copied();
        day.ok_or_else(|| serde::de::Error::unknown_variant(&name, &Self::NAMES))
    }
}

/// Hours of one date that replace the weekly ones; no interval: closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Exception {
    /// The local date.
    #[schema(value_type = String, format = Date, example = "2026-12-25")]
    pub date: Date,
    /// When it is open on that date.
    #[schema(max_items = 6)]
    pub intervals: Vec<Interval>,
}

/// Weekly hours and their exceptions, free of overlaps.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpeningHours {
    /// By day; a missing day is closed.
    #[schema(value_type = BTreeMap<Weekday, Day>, example = json!({"fri": [{"from": "18:00", "to": "23:00"}]}))]
    weekly: BTreeMap<Weekday, Vec<Interval>>,
    /// By date.
    #[serde(default)]
    #[schema(max_items = 100)]
    exceptions: Vec<Exception>,
}

const _: () = assert!(
    EXCEPTIONS_MAX == 100 && INTERVALS_PER_DAY_MAX == 6,
    "the schemas above say so"
);

/// The intervals of a day, as they are described.
enum Day {}

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ArrayBuilder::new()
            .items(utoipa::openapi::Ref::from_schema_name("Interval"))
            .max_items(Some(INTERVALS_PER_DAY_MAX))
            .into()
    }
}

impl utoipa::ToSchema for Day {
    fn schemas(schemas: &mut Vec<(String, utoipa::openapi::RefOr<utoipa::openapi::Schema>)>) {
        schemas.push((Interval::name().into_owned(), Interval::schema()));
        Interval::schemas(schemas);
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Unchecked {
    weekly: BTreeMap<Weekday, Vec<Interval>>,
    #[serde(default)]
    exceptions: Vec<Exception>,
}

/// Why hours are refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidHours {
    /// Not a time of day.
    #[error("a time must be HH:MM, from 00:00 to 23:59; only an end may be 24:00")]
    Time,
    /// Two intervals share time, over midnight included.
    #[error("the hours of {0} overlap")]
    Overlap(String),
    /// Beyond [`INTERVALS_PER_DAY_MAX`] or [`EXCEPTIONS_MAX`].
    #[error("at most {INTERVALS_PER_DAY_MAX} intervals a day and {EXCEPTIONS_MAX} exceptions")]
    TooMany,
    /// The same date twice.
    #[error("{0} has two exceptions")]
    DuplicateDate(Date),
}

impl InvalidHours {
    /// What is wrong, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Time => "invalid_time",
            Self::Overlap(_) => "hours_overlap",
            Self::TooMany => "too_many",
            Self::DuplicateDate(_) => "duplicate_date",
        }
    }
}

impl<'de> Deserialize<'de> for OpeningHours {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Unchecked { weekly, exceptions } = Unchecked::deserialize(deserializer)?;
        Self::new(weekly, exceptions).map_err(|error| coded::error(error.code(), error))
    }
}

/// Whether something is open, and until when or from when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Open; it closes at this instant.
    Open {
        /// The end of the last interval that joins on.
        closes_at: Timestamp,
    },
    /// Closed; it opens at this instant, or not within sixty days.
    Closed {
        /// The start of the next interval.
        opens_at: Option<Timestamp>,
    },
}

impl OpeningHours {
    /// Hours from their parts.
    ///
    /// # Errors
    /// When intervals overlap, also over midnight, or are too many, or a date comes twice.
    pub fn new(weekly: BTreeMap<Weekday, Vec<Interval>>, mut exceptions: Vec<Exception>) -> Result<Self, InvalidHours> {
        let days = weekly
            .values()
            .chain(exceptions.iter().map(|exception| &exception.intervals));
        if exceptions.len() > EXCEPTIONS_MAX || days.into_iter().any(|day| day.len() > INTERVALS_PER_DAY_MAX) {
            return Err(InvalidHours::TooMany);
        }
        exceptions.sort_by_key(|exception| exception.date);
        if let Some(pair) = exceptions.windows(2).find(|pair| pair[0].date == pair[1].date) {
            return Err(InvalidHours::DuplicateDate(pair[0].date));
        }
        let hours = Self { weekly, exceptions };
        hours.check_overlaps()?;
        Ok(hours)
    }

    /// Open at all times.
    #[must_use]
    pub fn always() -> Self {
        let whole_day = Interval {
            from: LocalTime(0),
            to: LocalTime(0),
        };
        Self {
            weekly: Weekday::ALL.map(|day| (day, vec![whole_day])).into(),
            exceptions: Vec::new(),
        }
    }

    /// Whether it is open at an instant in a time zone.
    #[must_use]
    pub fn at(&self, zone: &TimeZone, at: Timestamp) -> Opening {
        let today = zone.local(at).date();
        let mut opens_at: Option<Timestamp> = None;
        let mut closes_at: Option<Timestamp> = None;
        // Yesterday's interval may run into today.
        for offset in -1..=i64::from(HORIZON_DAYS) {
            let Ok(date) = today.checked_add(offset.days()) else {
                break;
            };
            for (start, end) in self.instants(zone, date) {
                if start <= closes_at.unwrap_or(at) && closes_at.unwrap_or(at) < end {
                    closes_at = Some(end);
                } else if start > at && opens_at.is_none_or(|known| start < known) {
                    opens_at = Some(start);
                }
            }
            // Two days past the known end nothing can join on any more.
            let settled = closes_at
                .map_or(opens_at, Some)
                .is_some_and(|known| zone.local(known).date() < date);
            if settled {
                break;
            }
        }
        closes_at.map_or(Opening::Closed { opens_at }, |closes_at| Opening::Open { closes_at })
    }

    /// True if it is open at an instant.
    #[must_use]
    pub fn is_open(&self, zone: &TimeZone, at: Timestamp) -> bool {
        matches!(self.at(zone, at), Opening::Open { .. })
    }

    fn of_date(&self, date: Date) -> &[Interval] {
        match self.exceptions.binary_search_by_key(&date, |exception| exception.date) {
            Ok(index) => &self.exceptions[index].intervals,
            Err(_) => self.weekly.get(&Weekday::of(date)).map_or(&[], Vec::as_slice),
        }
    }

    /// The intervals that begin on a date, in order, as instants.
    fn instants(&self, zone: &TimeZone, date: Date) -> Vec<(Timestamp, Timestamp)> {
        let mut instants: Vec<_> = self
            .of_date(date)
            .iter()
            .filter_map(|interval| {
                let overnight = interval.to <= interval.from;
                let last = if overnight { date.tomorrow().ok()? } else { date };
                Some((zone.instant(date, interval.from)?, zone.instant(last, interval.to)?))
            })
            .filter(|(start, end)| start < end)
            .collect();
        instants.sort_unstable();
        instants
    }

    fn check_overlaps(&self) -> Result<(), InvalidHours> {
        let spans = |day: &[Interval]| -> Vec<(u16, u16)> {
            let mut spans: Vec<_> = day.iter().map(|interval| interval.minutes()).collect();
            spans.sort_unstable();
            spans
        };
        let overlap = |spans: &[(u16, u16)]| spans.windows(2).any(|pair| pair[1].0 < pair[0].1);
        // What runs over midnight, against the next day's first opening.
        let runs_into = |day: &[Interval], next: &[Interval]| {
            let spill = spans(day)
                .iter()
                .map(|span| span.1.saturating_sub(24 * 60))
                .max()
                .unwrap_or(0);
            next.iter().any(|interval| interval.from.0 < spill)
        };
        for (index, day) in Weekday::ALL.iter().enumerate() {
            let today = self.weekly.get(day).map_or(&[][..], Vec::as_slice);
            let next = self
                .weekly
                .get(&Weekday::ALL[(index + 1) % 7])
                .map_or(&[][..], Vec::as_slice);
            if overlap(&spans(today)) || runs_into(today, next) {
                return Err(InvalidHours::Overlap(format!("{day:?}").to_lowercase()));
            }
        }
        for exception in &self.exceptions {
            if overlap(&spans(&exception.intervals)) {
                return Err(InvalidHours::Overlap(exception.date.to_string()));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
