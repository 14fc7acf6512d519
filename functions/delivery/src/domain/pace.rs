//! How often a courier's device may report, and how often others hear of it.

use kernel::{SignedDuration, Timestamp};

/// Reports of one courier in a minute: one every five seconds. A device that has more to say puts it into one report.
pub const REPORTS_PER_MINUTE_MAX: u32 = 12;
/// What reports are counted in.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(1);
/// Those who watch a courier on a map hear of a move this often at most: a map that glides needs no more, and every move
/// costs each watcher a message.
pub const MOVES_EVERY: SignedDuration = SignedDuration::from_secs(5);

/// What is counted of a courier's reports.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pace {
    /// When the minute that is counted began.
    pub window_from: Timestamp,
    /// Reports in it.
    pub reports: u32,
    /// When a move was last told.
    pub told_at: Option<Timestamp>,
}

/// A report that came too early.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("at most {REPORTS_PER_MINUTE_MAX} reports a minute are taken")]
pub struct TooOften {
    /// When the next is taken, in seconds from now.
    pub retry_after_seconds: u32,
}

impl Pace {
    /// Nothing was reported yet.
    #[must_use]
    pub const fn starting(now: Timestamp) -> Self {
        Self {
            window_from: now,
            reports: 0,
            told_at: None,
        }
    }

    /// The pace with one more report.
    ///
    /// # Errors
    /// When the minute's reports are used up.
    pub fn report(self, now: Timestamp) -> Result<Self, TooOften> {
        let ends = self.window_from + WINDOW;
        if now >= ends {
            return Ok(Self {
                window_from: now,
                reports: 1,
                ..self
            });
        }
        if self.reports >= REPORTS_PER_MINUTE_MAX {
            let left = ends.duration_since(now).as_secs() + 1;
            return Err(TooOften {
                retry_after_seconds: u32::try_from(left).unwrap_or(u32::MAX),
            });
        }
        Ok(Self {
            reports: self.reports + 1,
            ..self
        })
    }

    /// True if a move may be told.
    #[must_use]
    pub fn may_tell(&self, now: Timestamp) -> bool {
        self.told_at.is_none_or(|told_at| now >= told_at + MOVES_EVERY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::NOON;

    const fn seconds(count: i64) -> SignedDuration {
        SignedDuration::from_secs(count)
    }

    #[test]
    fn a_minute_takes_so_many_reports_and_the_next_minute_as_many_again() {
        let mut pace = Pace::starting(NOON);
        for number in 1..=REPORTS_PER_MINUTE_MAX {
            pace = pace.report(NOON + seconds(1)).unwrap();
            assert_eq!(pace.reports, number);
        }
        for (at, retry_after_seconds) in [(1, 60), (30, 31), (59, 2)] {
            let refused = pace.report(NOON + seconds(at));
            assert_eq!(refused, Err(TooOften { retry_after_seconds }), "{at}");
        }
        let next = pace.report(NOON + WINDOW).unwrap();
        assert_eq!((next.window_from, next.reports), (NOON + WINDOW, 1));
    }

    #[test]
    fn moves_are_told_now_and_then() {
        let mut pace = Pace::starting(NOON);
        assert!(pace.may_tell(NOON));
        pace.told_at = Some(NOON);
        assert!(!pace.may_tell(NOON + seconds(4)));
        assert!(pace.may_tell(NOON + MOVES_EVERY));
    }
}
