use kernel::{Position, SignedDuration};
use proptest::prelude::*;

use super::*;
use crate::domain::cast::{NOON, kerkstraat, minutes, trattoria};
use crate::domain::clock::LATENCY_USUAL;
use crate::domain::pace::REPORTS_PER_MINUTE_MAX;
use crate::domain::track::{Disbelief, Point};

const fn seconds(count: i64) -> SignedDuration {
    SignedDuration::from_secs(count)
}

const fn point(at: Timestamp, position: Position) -> Point {
    Point {
        index: 0,
        at,
        position,
        accuracy_m: None,
    }
}

fn batch(points: impl Into<Vec<Point>>, now: Timestamp) -> Batch {
    Batch::of_device(points.into(), None, now)
}

fn at_noon() -> Whereabouts {
    let latest = Sighting {
        at: NOON,
        position: trattoria(),
    };
    Whereabouts::starting(latest, NOON)
}

#[test]
fn whoever_reports_is_not_silent_whatever_the_report_is_worth() {
    let vague = Point {
        accuracy_m: Some(200.0),
        ..point(NOON + minutes(1), kerkstraat())
    };
    let now = NOON + minutes(15);
    let followed = at_noon().follow(&batch([vague], now), true, now).unwrap();
    assert_eq!((followed.accepted, followed.whereabouts.latest), (0, at_noon().latest));
    assert_eq!(followed.whereabouts.heard_at, NOON + minutes(15));
}

#[test]
fn a_move_is_told_to_those_who_wait_and_only_now_and_then() {
    let now = NOON + minutes(3);
    let there = batch([point(NOON + minutes(2), kerkstraat())], now);
    let idle = at_noon().follow(&there, false, now).unwrap();
    assert!(!idle.tell && idle.accepted == 1 && idle.stretch.len() == 1);
    let busy = at_noon().follow(&there, true, now).unwrap();
    assert!(busy.tell);
    let again = batch([point(NOON + minutes(3), kerkstraat())], now);
    assert!(!busy.whereabouts.follow(&again, true, now).unwrap().tell);
}

#[test]
fn worthless_reports_count_too() {
    let mut whereabouts = at_noon();
    let old = batch([point(NOON - minutes(5), kerkstraat())], NOON);
    for _ in 0..REPORTS_PER_MINUTE_MAX {
        let followed = whereabouts.follow(&old, true, NOON).unwrap();
        assert!(followed.accepted == 0 && !followed.tell && followed.stretch.is_empty());
        assert_eq!(followed.whereabouts.latest, whereabouts.latest);
        whereabouts = followed.whereabouts;
    }
    assert!(whereabouts.follow(&old, true, NOON).is_err());
}

/// A device with a clock of its own. Its courier walks north at a metre a second from noon on, so where a point is tells
/// when it was truly measured.
struct Device {
    whereabouts: Whereabouts,
    ahead: SignedDuration,
}

impl Device {
    fn with_clock(ahead: i64) -> Self {
        Self {
            whereabouts: at_noon(),
            ahead: seconds(ahead),
        }
    }

    /// What it measures and sends at true times, in seconds after noon; `None`: without saying when it sends.
    fn packs(&self, measured: &[i64], sent: Option<i64>, now: i64) -> Batch {
        let points = measured.iter().enumerate().map(|(index, at)| Point {
            index,
            ..point(NOON + seconds(*at) + self.ahead, walked(*at))
        });
        let sent_at = sent.map(|sent| NOON + seconds(sent) + self.ahead);
        Batch::of_device(points.collect(), sent_at, NOON + seconds(now))
    }

    fn delivers(&mut self, batch: &Batch, now: i64) -> Followed {
        let followed = self.whereabouts.follow(batch, true, NOON + seconds(now)).unwrap();
        self.whereabouts = followed.whereabouts;
        followed
    }

    fn reports(&mut self, measured: &[i64], sent: Option<i64>, now: i64) -> Followed {
        let batch = self.packs(measured, sent, now);
        self.delivers(&batch, now)
    }

    /// How many seconds later than it truly was the latest point is believed to have been measured.
    fn error(&self) -> f64 {
        let latest = self.whereabouts.latest;
        let truly = (latest.position.lat() - trattoria().lat()) * 111_195.0;
        latest.at.duration_since(NOON).as_secs_f64() - truly
    }
}

#[expect(clippy::cast_precision_loss, reason = "small numbers")]
fn walked(seconds: i64) -> Position {
    let here = trattoria();
    Position::new(here.lat() + seconds as f64 / 111_195.0, here.lng()).unwrap()
}

#[test]
fn clocks_ahead_and_behind_are_corrected() {
    for ahead in [-86_000, -7_200, -120, -3, 0, 3, 120, 7_200, 86_000] {
        let mut device = Device::with_clock(ahead);
        for now in [10, 20, 30] {
            let followed = device.reports(&[now - 8, now - 1], Some(now), now);
            assert_eq!((followed.accepted, followed.dropped.len()), (2, 0), "{ahead} at {now}");
            assert!(device.error().abs() < 0.6, "{ahead}: {}", device.error());
        }
        assert_eq!(device.whereabouts.clock.ahead.unwrap().as_secs(), ahead);
    }
    // Without the time of sending a clock ahead is seen from its newest point.
    let mut device = Device::with_clock(120);
    for now in [10, 20, 30] {
        assert_eq!(device.reports(&[now - 8, now - 1], None, now).accepted, 2);
        assert!(device.error() >= 0.0 && device.error() < 1.6, "{}", device.error());
    }
}

#[test]
fn a_clock_that_is_corrected_hides_nobody() {
    for said in [true, false] {
        for wrong in [120, -120, 3_600] {
            let mut device = Device::with_clock(wrong);
            let sent = |now| said.then_some(now);
            assert_eq!(device.reports(&[125, 129], sent(130), 130).accepted, 2);
            device.ahead = seconds(0);
            let followed = device.reports(&[135, 144], sent(145), 145);
            assert_eq!(followed.accepted, 2, "{wrong}, {said}: {:?}", followed.dropped);
            assert!(device.error().abs() < 1.6);
        }
    }
    // Measured before the correction, sent after it.
    let mut device = Device::with_clock(120);
    device.reports(&[9], Some(10), 10);
    let mut batch = device.packs(&[15, 20], None, 25);
    device.ahead = seconds(0);
    let after = device.packs(&[22, 24], Some(25), 25);
    batch.points.extend(&after.points);
    batch.stamp = after.stamp;
    assert_eq!(device.delivers(&batch, 25).accepted, 4);
}

#[test]
fn a_clock_that_is_set_to_another_wrong_time_hides_nobody_for_longer_than_two_reports() {
    let mut device = Device::with_clock(120);
    device.reports(&[9], Some(10), 10);
    device.ahead = seconds(40);
    let accepted = [20, 30, 40, 50].map(|now| device.reports(&[now - 1], Some(now), now).accepted);
    assert_eq!(accepted, [0, 0, 1, 1]);
    device.ahead = seconds(300);
    assert_eq!(device.reports(&[59], Some(60), 60).accepted, 1);
    assert!(device.error().abs() < 0.6);
}

#[test]
fn what_was_stored_in_a_tunnel_keeps_its_age() {
    for ahead in [-600, 0, 600] {
        let mut device = Device::with_clock(ahead);
        device.reports(&[9], Some(10), 10);
        let stored: Vec<_> = (1..=90).map(|number| 10 + number * 10).collect();
        let followed = device.reports(&stored, Some(1_500), 1_500);
        assert_eq!(followed.accepted, 90, "{:?}", followed.dropped);
        assert!(device.error().abs() < 0.6, "{ahead}: {}", device.error());
        // Also as the first report of all.
        let mut device = Device::with_clock(ahead);
        assert_eq!(device.reports(&stored, Some(1_500), 1_500).accepted, 90);
        assert!(device.error().abs() < 0.6);
    }
    // Without the time of sending a clock that was right is still believed.
    let mut device = Device::with_clock(0);
    device.reports(&[100, 200], None, 800);
    assert!(device.error().abs() < 0.6);
}

#[test]
fn a_report_that_was_overtaken_moves_nobody_backwards() {
    let mut device = Device::with_clock(0);
    let slow = device.packs(&[11, 14], Some(15), 60);
    device.reports(&[9], Some(10), 10);
    device.reports(&[19, 24], Some(25), 25);
    let latest = device.whereabouts.latest;
    let followed = device.delivers(&slow, 60);
    let why: Vec<_> = followed.dropped.iter().map(|dropped| dropped.why).collect();
    assert_eq!(why, [Disbelief::Older; 2]);
    assert!(!followed.tell && followed.stretch.is_empty());
    assert_eq!(device.whereabouts.latest, latest);
    // A slow report that nothing has overtaken is as old as it is.
    let slow = device.packs(&[64], Some(65), 100);
    assert_eq!(device.delivers(&slow, 100).accepted, 1);
    assert!(device.error().abs() < 0.6);
}

#[test]
fn one_odd_point_does_not_move_the_clock() {
    let mut device = Device::with_clock(0);
    let mut batch = device.packs(&[5, 9], None, 10);
    batch.points.push(Point {
        index: 2,
        ..point(NOON + minutes(60), walked(9))
    });
    let batch = Batch::of_device(batch.points, None, NOON + seconds(10));
    let followed = device.delivers(&batch, 10);
    assert_eq!(followed.accepted, 2);
    assert_eq!(followed.dropped[0].why, Disbelief::InFuture);
}

/// One report of a long journey: how long after the last it is sent, how long it is on its way, how many points it has.
fn journey() -> impl Strategy<Value = Vec<(i64, i64, i64)>> {
    let delay = prop_oneof![8 => 0_i64..3, 1 => 3_i64..90];
    prop::collection::vec((6_i64..30, delay, 1_i64..6), 2..60)
}

proptest! {
    /// Whatever the clock says, how long each report takes and which overtakes which: the courier never goes backwards, no
    /// point is believed to be of the future, and none to be older than it is by more than the correction may err.
    #[test]
    fn the_courier_only_goes_forward(
        journey in journey(), mut ahead in -3_600_i64..3_600, steps in prop::collection::vec((0_usize..60, -900_i64..900), 0..4), said in any::<bool>(),
    ) {
        let mut arrivals = Vec::new();
        let mut device = Device::with_clock(0);
        let mut sent = 0;
        for (number, (pause, delay, count)) in journey.into_iter().enumerate() {
            ahead += steps.iter().filter(|(at, _)| *at == number).map(|(_, step)| step).sum::<i64>();
            device.ahead = seconds(ahead);
            sent += pause;
            let measured: Vec<_> = (0..count).rev().map(|back| sent - back).collect();
            let arrives = sent + delay;
            arrivals.push((arrives, device.packs(&measured, said.then_some(sent), arrives)));
        }
        arrivals.sort_by_key(|(arrives, _)| *arrives);
        for (now, batch) in arrivals {
            let before = device.whereabouts.latest;
            let Ok(followed) = device.whereabouts.follow(&batch, true, NOON + seconds(now)) else { continue };
            device.whereabouts = followed.whereabouts;
            let latest = device.whereabouts.latest;
            prop_assert!(latest == before || latest.at > before.at);
            prop_assert!(latest.at <= NOON + seconds(now));
            prop_assert_eq!(followed.accepted + followed.dropped.len(), batch.points.len());
            prop_assert!(followed.stretch.is_sorted_by_key(|sighting| sighting.at));
        }
    }

    /// A clock that drifts and reports that are not slow: every report is believed, and dated to the usual latency.
    #[test]
    fn a_drifting_clock_loses_nothing(begin in -3_600_000_i64..3_600_000, ppm in -100_i64..=100, delays in prop::collection::vec(0_i64..3, 200)) {
        let mut device = Device::with_clock(0);
        for (number, delay) in (1_i64..).zip(delays) {
            let sent = number * 15;
            device.ahead = SignedDuration::from_millis(begin + sent * ppm / 1_000);
            let followed = device.reports(&[sent - 2], Some(sent), sent + delay);
            prop_assert_eq!(followed.accepted, 1);
            let error = device.error();
            prop_assert!(error > -0.6 && error < LATENCY_USUAL.as_secs_f64() + 0.6, "{error}");
        }
    }
}
