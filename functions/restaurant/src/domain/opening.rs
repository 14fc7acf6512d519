//! Whether a restaurant takes orders at a moment, and when that changes: its hours and its pause together.

use contracts::restaurant::Pause;
use kernel::{Opening, OpeningHours, SignedDuration, TimeZone, Timestamp};

use super::stage::in_force;

/// An end that lies farther ahead is none: the engine looks sixty days ahead, and what is open all that time does not
/// close as far as anybody can tell.
const CLOSING_WITHIN: SignedDuration = SignedDuration::from_hours(50 * 24);

/// What decides whether a restaurant takes orders.
#[derive(Debug, Clone, Copy)]
pub struct Timetable<'a> {
    /// When it is open.
    pub hours: &'a OpeningHours,
    /// In which its hours are meant.
    pub time_zone: &'a TimeZone,
    /// Set while it takes no orders.
    pub pause: Option<&'a Pause>,
    /// How long it usually cooks, in minutes.
    pub prep_time_minutes: u32,
}

/// Why it takes no orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shut {
    /// Outside its hours.
    Closed,
    /// It takes a break.
    Paused,
}

/// How it stands with orders at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// It takes orders.
    Open {
        /// The end of the opening; `None` if it does not close.
        closes_at: Option<Timestamp>,
        /// An order placed at the moment is ready then.
        ready_at: Timestamp,
    },
    /// It takes none.
    Shut {
        /// Why.
        why: Shut,
        /// It takes orders again then, as far as is known.
        opens_at: Option<Timestamp>,
        /// An order placed then is ready then.
        ready_at: Option<Timestamp>,
    },
}

impl Timetable<'_> {
    /// How it stands with orders at a moment.
    #[must_use]
    pub fn at(&self, at: Timestamp) -> Situation {
        if let Some(pause) = in_force(self.pause, at) {
            let opens_at = pause
                .until
                .and_then(|until| match self.hours.at(self.time_zone, until) {
                    Opening::Open { .. } => Some(until),
                    Opening::Closed { opens_at } => opens_at,
                });
            return self.shut(Shut::Paused, opens_at);
        }
        match self.hours.at(self.time_zone, at) {
            Opening::Open { closes_at } => Situation::Open {
                closes_at: Some(closes_at).filter(|end| end.duration_since(at) <= CLOSING_WITHIN),
                ready_at: self.ready(at),
            },
            Opening::Closed { opens_at } => self.shut(Shut::Closed, opens_at),
        }
    }

    fn shut(&self, why: Shut, opens_at: Option<Timestamp>) -> Situation {
        Situation::Shut {
            why,
            opens_at,
            ready_at: opens_at.map(|at| self.ready(at)),
        }
    }

    fn ready(&self, at: Timestamp) -> Timestamp {
        let prep = SignedDuration::from_mins(i64::from(self.prep_time_minutes));
        at.saturating_add(prep).unwrap_or(Timestamp::MAX)
    }
}

impl Situation {
    /// True if it takes orders.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        match self {
            Self::Open { .. } => true,
            Self::Shut { .. } => false,
        }
    }

    /// When that changes, as far as is known.
    #[must_use]
    pub const fn next_change_at(&self) -> Option<Timestamp> {
        match self {
            Self::Open { closes_at, .. } => *closes_at,
            Self::Shut { opens_at, .. } => *opens_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hours_and_pause_together() {
        // Friday 2026-11-20 is in winter time: UTC+1, so it is open from 11:00Z to 21:00Z.
        let hours: OpeningHours =
            serde_json::from_str(r#"{"weekly": {"fri": [{"from": "12:00", "to": "22:00"}]}}"#).unwrap();
        let time_zone = "Europe/Amsterdam".parse().unwrap();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let table = [
            (None, "12:00", "open until 21:00, ready 12:20"),
            (None, "10:00", "Closed until 11:00, ready 11:20"),
            (Some("13:00"), "12:00", "Paused until 13:00, ready 13:20"),
            (Some("13:00"), "13:00", "open until 21:00, ready 13:20"),
            (Some("10:30"), "10:00", "Paused until 11:00, ready 11:20"),
            (Some("never"), "12:00", "Paused"),
        ];
        let today = |time: &str| at(&format!("2026-11-20T{time}:00Z"));
        let clock = |at: Timestamp| at.strftime("%H:%M").to_string();
        for (paused_until, now, expected) in table {
            let pause = paused_until.map(|until| Pause {
                until: (until != "never").then(|| today(until)),
                reason: "full".to_owned(),
            });
            let timetable = Timetable {
                hours: &hours,
                time_zone: &time_zone,
                pause: pause.as_ref(),
                prep_time_minutes: 20,
            };
            let got = match timetable.at(today(now)) {
                Situation::Open { closes_at, ready_at } => {
                    format!("open until {}, ready {}", clock(closes_at.unwrap()), clock(ready_at))
                }
                Situation::Shut {
                    why,
                    opens_at: Some(opens_at),
                    ready_at: Some(ready_at),
                } => format!("{why:?} until {}, ready {}", clock(opens_at), clock(ready_at)),
                Situation::Shut { why, .. } => format!("{why:?}"),
            };
            assert_eq!(got, expected, "pause {paused_until:?} at {now}");
        }
    }

    #[test]
    fn what_never_closes_has_no_end() {
        let always = Timetable {
            hours: &OpeningHours::always(),
            time_zone: &TimeZone::utc(),
            pause: None,
            prep_time_minutes: 20,
        };
        let situation = always.at("2026-11-20T12:00:00Z".parse().unwrap());
        assert!(situation.is_open());
        assert_eq!(situation.next_change_at(), None);
    }
}
