//! When a request that was not served is sent again, as the API asks of its clients.

use std::time::Duration;

use crate::Reply;

/// The pause before the second try when the answer names none; it doubles from then on.
const FIRST_PAUSE: Duration = Duration::from_millis(200);

/// The longest pause that an answer without `Retry-After` gets.
const PAUSE_MAX: Duration = Duration::from_secs(6);

/// How long to wait before the same request is sent again; `None` if its answer counts.
///
/// `tried` counts the tries so far, and `waited` is the sum of the pauses between them. A pause that does not fit into
/// `patience` is not begun.
pub fn pause(reply: &Reply, tried: u32, waited: Duration, patience: Duration) -> Option<Duration> {
    // What the gateway could not reach has no code of ours; a defect has, and is shown at once.
    let was_not_reached = reply.status == 500 && reply.body["code"] != "internal";
    if !was_not_reached && !matches!(reply.status, 429 | 502 | 503 | 504) {
        return None;
    }
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(tried.saturating_sub(1)));
    let named = reply.header("retry-after").and_then(|value| value.trim().parse().ok());
    let pause = named.map_or(doubled.min(PAUSE_MAX), Duration::from_secs);
    (waited.saturating_add(pause) <= patience).then_some(pause)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const PATIENCE: Duration = Duration::from_secs(90);

    fn reply(status: u16, retry_after: Option<u64>, body: Value) -> Reply {
        let header = |seconds: u64| ("retry-after".to_owned(), seconds.to_string());
        Reply {
            request: String::new(),
            sent: String::new(),
            status,
            headers: retry_after.map(header).into_iter().collect(),
            text: body.to_string(),
            body,
        }
    }

    fn after(status: u16, retry_after: Option<u64>, tried: u32, waited: Duration) -> Option<Duration> {
        pause(&reply(status, retry_after, Value::Null), tried, waited, PATIENCE)
    }

    #[test]
    fn what_was_served_or_refused_for_good_is_not_sent_again() {
        for status in [200, 201, 400, 401, 404, 409, 422] {
            assert_eq!(after(status, Some(1), 1, Duration::ZERO), None, "{status}");
        }
        let defect = reply(500, None, json!({"code": "internal"}));
        assert_eq!(pause(&defect, 1, Duration::ZERO, PATIENCE), None);
        let gateway = reply(500, None, json!({"message": "Internal Server Error"}));
        assert!(pause(&gateway, 1, Duration::ZERO, PATIENCE).is_some());
    }

    #[test]
    fn a_named_pause_is_kept() {
        for status in [429, 503] {
            assert_eq!(
                after(status, Some(37), 1, Duration::ZERO),
                Some(Duration::from_secs(37))
            );
        }
    }

    #[test]
    fn without_a_named_pause_the_pauses_double_up_to_a_longest() {
        let millis = |tried| after(503, None, tried, Duration::ZERO).map(|pause| pause.as_millis());
        assert_eq!([1, 2, 3].map(millis), [Some(200), Some(400), Some(800)]);
        assert_eq!(millis(20), Some(6000));
        assert_eq!(millis(u32::MAX), Some(6000));
    }

    #[test]
    fn a_pause_beyond_the_patience_is_not_begun() {
        assert_eq!(after(429, Some(900), 1, Duration::ZERO), None);
        assert_eq!(after(429, Some(60), 2, Duration::from_secs(31)), None);
        let last = after(429, Some(60), 2, Duration::from_secs(30));
        assert_eq!(last, Some(Duration::from_mins(1)));
        assert_eq!(after(503, None, 40, PATIENCE), None);
    }
}
