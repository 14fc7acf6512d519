//! Decides whether a delay is told again by text message.

use kernel::{SignedDuration, Timestamp};

/// Between two texts on the delays of one order: what changes in between is in the inbox and live.
const BETWEEN_DELAYS: SignedDuration = SignedDuration::from_mins(15);
/// A delay that moves the food by less than this since what was last told is not worth a text.
const MOVED_MIN: SignedDuration = SignedDuration::from_mins(5);

/// Whether a delay is worth a text message, given when the last one was told and what it said.
#[must_use]
pub fn is_worth_a_text(told: Option<(Timestamp, Timestamp)>, ready_at: Timestamp, now: Timestamp) -> bool {
    told.is_none_or(|(told_at, told_ready_at)| {
        let moved = ready_at.duration_since(told_ready_at).abs();
        now.duration_since(told_at) >= BETWEEN_DELAYS && moved >= MOVED_MIN
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        format!("2026-11-20T{text}:00Z").parse().unwrap()
    }

    #[test]
    fn twelve_delays_of_a_minute_are_two_texts() {
        let (mut told, mut texts) = (None, 0);
        for minute in 0..12 {
            // Every two minutes the kitchen needs a minute more.
            let now = at("18:00") + SignedDuration::from_mins(2 * minute);
            let ready_at = at("18:40") + SignedDuration::from_mins(minute);
            if is_worth_a_text(told, ready_at, now) {
                told = Some((now, ready_at));
                texts += 1;
            }
        }
        assert_eq!(texts, 2);
    }

    #[test]
    fn a_delay_is_told_again_after_a_while_and_if_it_matters() {
        let told = Some((at("18:00"), at("18:40")));
        assert!(is_worth_a_text(None, at("18:40"), at("18:00")));
        assert!(!is_worth_a_text(told, at("19:30"), at("18:14")));
        assert!(is_worth_a_text(told, at("18:45"), at("18:15")));
        assert!(!is_worth_a_text(told, at("18:44"), at("18:30")));
        assert!(
            is_worth_a_text(told, at("18:35"), at("18:15")),
            "earlier is news as well"
        );
    }
}
