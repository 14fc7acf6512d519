//! How long a courier may work: the limits of each market as data, and how much of them is left.
//!
//! Work is a list of spans: from the start of a shift, or the end of a break, to its end or the next break. The day and the
//! week are the last 24 and 168 hours, so that no midnight gives hours back.

use kernel::{Country, SignedDuration, Timestamp};

/// After so long without a sign of life, a courier without a delivery is taken off shift: the device is off, and a shift that
/// nobody works must not use up working time.
pub const SILENT_AFTER: SignedDuration = SignedDuration::from_mins(20);
/// What is remembered of work.
pub const REMEMBERED: SignedDuration = WEEK;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const WEEK: SignedDuration = SignedDuration::from_hours(168);

/// What a market allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// ISO 3166-1 alpha-2; `*` for every other.
    pub market: &'static str,
    /// Work without a break, at most.
    pub continuous_max: SignedDuration,
    /// A shorter pause is none.
    pub break_min: SignedDuration,
    /// Work in 24 hours, at most.
    pub daily_max: SignedDuration,
    /// Work in 168 hours, at most.
    pub weekly_max: SignedDuration,
    /// Where the numbers come from.
    pub reason: &'static str,
}

const fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

const fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

/// The limits by market, the first that fits; the last fits every one.
pub const MARKETS: [Rules; 4] = [
    Rules {
        market: "NL",
        continuous_max: minutes(330),
        break_min: minutes(30),
        daily_max: hours(12),
        weekly_max: hours(60),
        reason: "Arbeidstijdenwet 5:4 and 5:7: half an hour of break after five and a half hours, twelve hours a shift, sixty a week",
    },
    Rules {
        market: "DE",
        continuous_max: hours(6),
        break_min: minutes(30),
        daily_max: hours(10),
        weekly_max: hours(60),
        reason: "ArbZG 3 and 4: half an hour of break after six hours, ten hours a day on six days",
    },
    Rules {
        market: "FR",
        continuous_max: hours(6),
        break_min: minutes(20),
        daily_max: hours(10),
        weekly_max: hours(48),
        reason: "Code du travail L3121-16, -18 and -20: twenty minutes of break after six hours, ten hours a day, 48 a week",
    },
    Rules {
        market: "*",
        continuous_max: hours(6),
        break_min: minutes(20),
        daily_max: hours(12),
        weekly_max: hours(48),
        reason: "Directive 2003/88/EC, 3 to 6: a break beyond six hours, eleven hours of rest in a day, 48 hours a week",
    },
];

/// The limits of a courier's market; the general ones without a country, and for one that has no own.
#[must_use]
pub fn rules(country: Option<Country>) -> &'static Rules {
    let [.., general] = &MARKETS;
    let market = country.map_or(general.market, Country::as_str);
    MARKETS.iter().find(|rules| rules.market == market).unwrap_or(general)
}

/// A stretch of work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// From when.
    pub from: Timestamp,
    /// To when.
    pub to: Timestamp,
}

/// Which limit is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// A break is due.
    Continuous,
    /// Enough for 24 hours.
    Daily,
    /// Enough for 168 hours.
    Weekly,
}

impl Limit {
    /// The name in problems.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Continuous => "continuous",
            Self::Daily => "daily",
            Self::Weekly => "weekly",
        }
    }
}

/// A limit that is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exhausted {
    pub limit: Limit,
    /// When some work is possible again.
    pub until: Timestamp,
    /// How long that is from now.
    pub left: SignedDuration,
}

/// Until when somebody may work who begins now, after these spans, oldest first.
///
/// # Errors
/// When a limit is reached already.
pub fn works_until(rules: &Rules, spans: &[Span], now: Timestamp) -> Result<Timestamp, Exhausted> {
    let mut until = Timestamp::MAX;
    for (limit, max, worked, again_at) in [
        continuous(rules, spans, now),
        within(Limit::Daily, DAY, rules.daily_max, spans, now),
        within(Limit::Weekly, WEEK, rules.weekly_max, spans, now),
    ] {
        let left = max - worked;
        if left <= SignedDuration::ZERO {
            let until = again_at;
            let left = until.duration_since(now);
            return Err(Exhausted { limit, until, left });
        }
        until = until.min(now + left);
    }
    Ok(until)
}

type Use = (Limit, SignedDuration, SignedDuration, Timestamp);

/// Work since the last pause that counts as a break.
fn continuous(rules: &Rules, spans: &[Span], now: Timestamp) -> Use {
    let mut worked = SignedDuration::ZERO;
    let mut next_from = now;
    for span in spans.iter().rev() {
        if next_from.duration_since(span.to) >= rules.break_min {
            break;
        }
        worked += span.to.duration_since(span.from);
        next_from = span.from;
    }
    let again_at = spans.last().map_or(now, |last| last.to + rules.break_min);
    (Limit::Continuous, rules.continuous_max, worked, again_at)
}

/// Work in the last hours. Some is possible again when the oldest of it is as old as that.
fn within(limit: Limit, window: SignedDuration, max: SignedDuration, spans: &[Span], now: Timestamp) -> Use {
    let begins = now - window;
    let inside = spans.iter().filter(|span| span.to > begins);
    let worked = inside.clone().fold(SignedDuration::ZERO, |sum, span| {
        sum + span.to.duration_since(span.from.max(begins))
    });
    let oldest = inside.map(|span| span.from.max(begins)).min();
    let again_at = oldest.map_or(now, |from| from + window + minutes(15));
    (limit, max, worked, again_at)
}

/// The limit that some more work would exceed beside other work, past and planned; breaks are left to the day itself. The
/// most work of any window ends with a span, or begins with one.
#[must_use]
pub fn exceeded(rules: &Rules, others: &[Span], more: Span) -> Option<Limit> {
    let spans: Vec<Span> = others.iter().copied().chain([more]).collect();
    let worked = |window: Span| {
        spans.iter().fold(SignedDuration::ZERO, |sum, span| {
            let inside = span.to.min(window.to).duration_since(span.from.max(window.from));
            sum + inside.max(SignedDuration::ZERO)
        })
    };
    let limits = [
        (Limit::Daily, DAY, rules.daily_max),
        (Limit::Weekly, WEEK, rules.weekly_max),
    ];
    limits.into_iter().find_map(|(limit, length, max)| {
        let ends = spans.iter().map(|span| Span {
            from: span.to - length,
            to: span.to,
        });
        let begins = spans.iter().map(|span| Span {
            from: span.from,
            to: span.from + length,
        });
        let mut windows = ends
            .chain(begins)
            .filter(|window| window.from < more.to && more.from < window.to);
        windows.any(|window| worked(window) > max).then_some(limit)
    })
}

/// The spans that still matter, with one more.
#[must_use]
pub fn with_span(spans: &[Span], span: Span, now: Timestamp) -> Vec<Span> {
    let mut kept: Vec<Span> = spans.iter().copied().filter(|old| old.to > now - REMEMBERED).collect();
    if span.to > span.from {
        kept.push(span);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, market};

    /// Work from and to, in minutes before noon.
    fn spans(ago: &[(i64, i64)]) -> Vec<Span> {
        let span = |(from, to): &(i64, i64)| Span {
            from: NOON - minutes(*from),
            to: NOON - minutes(*to),
        };
        ago.iter().map(span).collect()
    }

    #[test]
    fn what_is_left_is_the_least_of_all_limits() {
        for (worked, left) in [
            (vec![], Ok(360)),
            (vec![(120, 0)], Ok(240)),
            (vec![(400, 100)], Ok(360)),
            (vec![(400, 100), (90, 0)], Err(Limit::Continuous)),
            (vec![(400, 110), (90, 0)], Ok(270)),
            (vec![(370, 5)], Err(Limit::Continuous)),
            (vec![(1_000, 700), (600, 300)], Ok(120)),
            (vec![(1_400, 1_040), (1_000, 640)], Err(Limit::Daily)),
            (vec![(1_500, 1_100), (1_000, 640)], Ok(20)),
        ] {
            let given = spans(&worked);
            let until = works_until(rules(None), &given, NOON);
            let outcome = until.map(|until| until.duration_since(NOON).as_mins());
            assert_eq!(outcome.map_err(|exhausted| exhausted.limit), left, "{worked:?}");
        }
    }

    #[test]
    fn a_week_has_its_limit_and_tells_when_it_ends() {
        let day = 24 * 60;
        let week: Vec<_> = (2..=5).rev().map(|ago| (ago * day, ago * day - 12 * 60)).collect();
        let exhausted = works_until(rules(None), &spans(&week), NOON).unwrap_err();
        assert_eq!(exhausted.limit, Limit::Weekly);
        assert!(exhausted.until > NOON + minutes(2 * day - 1), "{exhausted:?}");
        assert!(works_until(market("NL"), &spans(&week), NOON).is_ok());
    }

    #[test]
    fn every_market_allows_some_work_and_says_why() {
        for rules in &MARKETS {
            assert!(rules.continuous_max <= rules.daily_max && rules.daily_max <= rules.weekly_max);
            assert!(rules.break_min > SignedDuration::ZERO && !rules.reason.is_empty());
            assert!(works_until(rules, &[], NOON).is_ok());
        }
        for (country, market) in [("DE", "DE"), ("PT", "*")] {
            assert_eq!(super::rules(Country::try_from(country).ok()).market, market);
        }
        assert_eq!(rules(None).market, "*");
    }

    #[test]
    fn old_work_is_forgotten() {
        let old = spans(&[(20_000, 19_000), (100, 90)]);
        let now = Span {
            from: NOON - minutes(10),
            to: NOON,
        };
        assert_eq!(with_span(&old, now, NOON), [old[1], now]);
        let nothing = Span { from: NOON, to: NOON };
        assert_eq!(with_span(&[], nothing, NOON), []);
    }
}
