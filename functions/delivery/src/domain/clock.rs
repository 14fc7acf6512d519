//! How far the clock of a courier's device is ahead of ours, learned from when reports were sent and received.
//!
//! What is sent at `s` by the device's clock and received at `r` by ours says `s - r`: how far that clock is ahead, less the
//! time that the report was on its way. Nothing arrives before it was sent, so the largest of these figures is the best
//! one (the minimum-delay filter of NTP), a larger one is believed at once, and a smaller one usually was a slow report.
//! Only a clock that was set back makes all that follow smaller, so that is believed when several agree, or at once when
//! the clock is right now: clocks are corrected to the true time, and no delay is by chance as long as the error was.

use kernel::{SignedDuration, Timestamp};

/// No clock is believed to be more wrong: a day covers a wrong date and any wrong time zone.
pub const OFFSET_MAX: SignedDuration = SignedDuration::from_hours(24);
/// A report is usually not longer on its way, and a clock that is no more wrong counts as right.
pub const LATENCY_USUAL: SignedDuration = SignedDuration::from_secs(5);
/// How fast a device's clock may drift from ours, in microseconds a second: twice what quartz does from frost to sun.
pub const DRIFT_MAX_PPM: i64 = 200;
/// So many reports that agree show that a clock was set back to something else than the true time.
pub const STEP_REPORTS: u32 = 3;
/// Reports agree when they differ by no more: less than lies between two reports that were held up together, which arrive at
/// once and are at least five seconds apart (`REPORTS_PER_MINUTE_MAX`).
pub const STEP_SPREAD_MAX: SignedDuration = SignedDuration::from_secs(3);
/// They came over at least so long.
pub const STEP_SPAN_MIN: SignedDuration = SignedDuration::from_secs(10);

/// What tells when a report was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stamp {
    /// The device says so.
    Sent(Timestamp),
    /// It was not sent before its newest point.
    NotBefore(Timestamp),
    /// Its times are by our clock.
    Ours,
}

/// What is known of a device's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Clock {
    /// How far it is ahead of ours, negative if behind; `None` before the first report.
    pub ahead: Option<SignedDuration>,
    /// Set while reports say that it is less.
    pub doubt: Option<Doubt>,
}

/// Reports that agree on a smaller figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Doubt {
    /// The largest of theirs.
    pub ahead: SignedDuration,
    /// When the first of them came.
    pub since: Timestamp,
    /// How many there are.
    pub reports: u32,
}

impl Clock {
    const fn known(ahead: SignedDuration) -> Self {
        Self {
            ahead: Some(ahead),
            doubt: None,
        }
    }

    /// What is known after a report that came `now`, so long after the last one.
    #[must_use]
    pub fn hear(self, stamp: Stamp, unheard_for: SignedDuration, now: Timestamp) -> Self {
        let (said, least) = match stamp {
            Stamp::Sent(at) => (at.duration_since(now), SignedDuration::MIN),
            // Its points may have been stored for long, which says nothing of the clock.
            Stamp::NotBefore(at) => (at.duration_since(now), SignedDuration::ZERO),
            Stamp::Ours => return self,
        };
        if said.abs() > OFFSET_MAX {
            return self;
        }
        let Some(ahead) = self.ahead else {
            return Self::known(said.max(least));
        };
        let ahead = ahead - drift(unheard_for);
        let lag = ahead - said;
        if lag <= LATENCY_USUAL {
            return Self::known(ahead.max(said));
        }
        if is_right(said) && !is_right(ahead) {
            return Self::known(said);
        }
        let doubt = self.doubt.and_then(|doubt| doubt.shared_by(said)).unwrap_or(Doubt {
            ahead: said,
            since: now,
            reports: 1,
        });
        if doubt.reports >= STEP_REPORTS && now.duration_since(doubt.since) >= STEP_SPAN_MIN {
            return Self::known(doubt.ahead);
        }
        Self {
            ahead: Some(ahead),
            doubt: Some(doubt),
        }
    }
}

impl Doubt {
    /// The same with one more report, if it agrees.
    fn shared_by(self, said: SignedDuration) -> Option<Self> {
        ((self.ahead - said).abs() <= STEP_SPREAD_MAX).then(|| Self {
            ahead: self.ahead.max(said),
            reports: self.reports.saturating_add(1),
            ..self
        })
    }
}

fn is_right(ahead: SignedDuration) -> bool {
    ahead.abs() <= LATENCY_USUAL
}

/// How much less a clock may be ahead after so long.
fn drift(elapsed: SignedDuration) -> SignedDuration {
    SignedDuration::from_micros(elapsed.as_secs().max(0).saturating_mul(DRIFT_MAX_PPM))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::NOON;
    use proptest::prelude::*;

    const fn seconds(count: i64) -> SignedDuration {
        SignedDuration::from_secs(count)
    }

    /// What is known after reports of (seconds after noon when it came, seconds that its stamp is ahead).
    fn heard(reports: &[(i64, i64)]) -> Clock {
        let mut last = NOON;
        reports.iter().fold(Clock::default(), |clock, (at, ahead)| {
            let now = NOON + seconds(*at);
            let unheard_for = now.duration_since(last);
            last = now;
            clock.hear(Stamp::Sent(now + seconds(*ahead)), unheard_for, now)
        })
    }

    fn ahead(reports: &[(i64, i64)]) -> i64 {
        let millis = heard(reports).ahead.unwrap().as_millis() + 500;
        i64::try_from(millis.div_euclid(1_000)).unwrap()
    }

    #[test]
    fn the_least_delayed_report_counts() {
        for (reports, known) in [
            (vec![(0, 0)], 0),
            (vec![(0, -3), (15, 0), (30, -4), (45, -2)], 0),
            (vec![(0, 120), (15, 118), (30, 120)], 120),
            (vec![(0, -300), (15, -302), (30, -299)], -299),
            // A report of a first contact that was long on its way is corrected by the next.
            (vec![(0, -40), (15, 0)], 0),
        ] {
            assert_eq!(ahead(&reports), known, "{reports:?}");
        }
    }

    #[test]
    fn one_slow_report_is_not_a_clock_that_was_set_back() {
        for late in [-6, -40, -600, -7_200] {
            assert_eq!(ahead(&[(0, 0), (15, late)]), 0);
            assert_eq!(ahead(&[(0, 0), (15, late), (16, late)]), 0, "two of them neither");
        }
        // What was held up together arrives together, and each waited five seconds less than the one before.
        let stall: Vec<_> = (0..12).map(|number| (60, -60 + 5 * number)).collect();
        assert_eq!(ahead(&[vec![(0, 0)], stall].concat()), 0);
    }

    #[test]
    fn a_clock_that_was_set_is_found() {
        // Forward at once: nothing arrives before it was sent.
        assert_eq!(ahead(&[(0, -120), (15, 0)]), 0);
        assert_eq!(ahead(&[(0, 0), (15, 3_600)]), 3_600);
        // To the true time at once.
        assert_eq!(ahead(&[(0, 120), (15, -2)]), -2);
        // Elsewhere when three reports agree, over ten seconds.
        let back = [(0, 120), (15, 60), (25, 59), (35, 61)];
        assert_eq!(ahead(&back[..3]), 120);
        assert_eq!(ahead(&back), 61);
        assert_eq!(ahead(&[(0, 0), (15, -60), (16, -60), (17, -60)]), 0, "too soon");
        assert_eq!(
            ahead(&[(0, 0), (15, -60), (20, -60), (25, 0), (30, -60), (35, -60)]),
            0,
            "not in a row"
        );
    }

    #[test]
    fn a_clock_is_at_most_a_day_wrong() {
        let day = OFFSET_MAX.as_secs();
        assert_eq!(ahead(&[(0, day)]), day);
        assert_eq!(ahead(&[(0, 0), (15, day + 1)]), 0);
        assert_eq!(heard(&[(0, -day - 1)]), Clock::default());
    }

    #[test]
    fn points_that_were_stored_do_not_set_a_clock_back() {
        let now = NOON + seconds(15);
        let hear = |clock: Clock, ahead| {
            clock
                .hear(Stamp::NotBefore(now + seconds(ahead)), seconds(15), now)
                .ahead
        };
        assert_eq!(hear(Clock::default(), -600), Some(SignedDuration::ZERO));
        assert_eq!(hear(Clock::default(), 120), Some(seconds(120)));
        assert_eq!(hear(Clock::known(seconds(0)), 120), Some(seconds(120)));
        assert_eq!(Clock::default().hear(Stamp::Ours, seconds(0), NOON), Clock::default());
    }

    proptest! {
        /// A clock that drifts by 100 ppm either way is followed for eight hours, as closely as the fastest report of the
        /// last while, whatever the others take.
        #[test]
        fn a_drifting_clock_is_followed(
            begin_ms in -7_200_000_i64..7_200_000, ppm in -100_i64..=100,
            delays in prop::collection::vec(0_i64..4_000, 1_920), slow in prop::collection::vec(prop::bool::weighted(0.05), 1_920),
        ) {
            let mut clock = Clock::default();
            let mut best_us = i64::MAX;
            for (number, (delay, slow)) in (0_i64..).zip(delays.iter().zip(&slow)) {
                let sent_ms = number * 15_000;
                let ahead_ms = begin_ms + sent_ms * ppm / 1_000_000;
                // No three slow ones in a row agree.
                let delay_ms = if *slow { delay + 6_000 + number % 3 * 8_000 } else { *delay };
                let now = NOON + SignedDuration::from_millis(sent_ms + delay_ms);
                let stamp = Stamp::Sent(NOON + SignedDuration::from_millis(sent_ms + ahead_ms));
                clock = clock.hear(stamp, seconds(15), now);
                // The best report grows worse by what the clock may have drifted since, and by what it was aged for it.
                best_us = best_us.saturating_add(15 * 300).min(delay_ms * 1_000);
                if ahead_ms.abs() > 50_000 {
                    let error_us = i64::try_from(clock.ahead.unwrap().as_micros()).unwrap() - ahead_ms * 1_000;
                    prop_assert!((-best_us - 2_000..=2_000).contains(&error_us), "{error_us} µs, best {best_us} µs");
                }
            }
        }

        /// Wherever a clock is set, and however often, reports that are not slow make it known within three of them.
        #[test]
        fn any_step_is_found_within_three_reports(steps in prop::collection::vec(-40_000_i64..40_000, 1..6), delays in prop::collection::vec(0_i64..2_000, 18)) {
            let mut clock = Clock::default();
            let mut delays = delays.into_iter();
            for (number, step) in (0_i64..).zip(steps) {
                for report in 0_i64..3 {
                    let delay_ms = delays.next().unwrap();
                    let now = NOON + seconds(number * 100 + report * 15);
                    let stamp = Stamp::Sent(now + seconds(step) - SignedDuration::from_millis(delay_ms));
                    clock = clock.hear(stamp, seconds(15), now);
                }
                let error = clock.ahead.unwrap() - seconds(step);
                prop_assert!(error <= LATENCY_USUAL && error >= -seconds(2), "{error}");
            }
        }
    }
}
