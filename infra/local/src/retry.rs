//! When a request that was not served is sent again, as the API asks of its clients.

use std::time::Duration;

/// How long requests are sent again before their last answer counts: beyond the minute that most limits count by.
pub const PATIENCE: Duration = Duration::from_secs(90);

/// The pause before the second try when the answer names none; it doubles from then on.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that an answer without `Retry-After` gets.
const PAUSE_MAX: Duration = Duration::from_secs(6);

/// How long to wait before the same request is sent again; `None` if its answer counts.
///
/// `retry_after` is the answer's header in seconds, `tried` counts the tries so far, and `waited` is the time since the
/// first of them. A pause that does not fit into [`PATIENCE`] is not begun.
pub fn pause(status: u16, retry_after: Option<u64>, tried: u32, waited: Duration) -> Option<Duration> {
    if !matches!(status, 429 | 502 | 503 | 504) {
        return None;
    }
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
    let pause = retry_after.map_or(doubled.min(PAUSE_MAX), Duration::from_secs);
    (waited.saturating_add(pause) <= PATIENCE).then_some(pause)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOT_YET: Duration = Duration::ZERO;

    #[test]
    fn what_was_served_or_refused_for_good_is_not_sent_again() {
        for status in [200, 201, 400, 401, 404, 409, 422, 500] {
            assert_eq!(pause(status, Some(1), 1, NOT_YET), None, "{status}");
        }
    }

    #[test]
    fn a_named_pause_is_kept() {
        for status in [429, 503] {
            assert_eq!(pause(status, Some(37), 1, NOT_YET), Some(Duration::from_secs(37)));
        }
    }

    #[test]
    fn without_a_named_pause_the_pauses_double_up_to_a_longest() {
        let millis = |tried| pause(503, None, tried, NOT_YET).map(|pause| pause.as_millis());
        assert_eq!([1, 2, 3].map(millis), [Some(200), Some(400), Some(800)]);
        assert_eq!(millis(20), Some(6000));
        assert_eq!(millis(u32::MAX), Some(6000));
    }

    #[test]
    fn a_pause_beyond_the_patience_is_not_begun() {
        assert_eq!(pause(429, Some(900), 1, NOT_YET), None);
        assert_eq!(pause(429, Some(60), 2, Duration::from_secs(31)), None);
        assert_eq!(
            pause(429, Some(60), 2, Duration::from_secs(30)),
            Some(Duration::from_mins(1))
        );
        assert_eq!(pause(503, None, 40, PATIENCE), None);
    }
}
