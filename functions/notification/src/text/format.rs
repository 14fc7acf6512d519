//! Money and times as people write them.

use contracts::order::Window;
use kernel::{Money, TimeZone, Timestamp};

/// An amount: `€28.90`, or with the code where the sign is not one of a kind.
pub fn money(money: Money) -> String {
    let text = money.to_string();
    let Some((number, code)) = text.split_once(' ') else {
        return text;
    };
    let sign = match code {
        "EUR" => "€",
        "GBP" => "£",
        "USD" => "$",
        _ => return text,
    };
    number
        .strip_prefix('-')
        .map_or_else(|| format!("{sign}{number}"), |number| format!("-{sign}{number}"))
}

/// A time of day: `19:05`, with the date unless it is today's.
pub fn clock(zone: &TimeZone, now: Timestamp, at: Timestamp) -> String {
    let local = zone.local(at);
    let pattern = if local.date() == zone.local(now).date() {
        "%H:%M"
    } else {
        "%a %-d %b, %H:%M"
    };
    local.strftime(pattern).to_string()
}

/// A span of time: `19:05-19:20`.
pub fn window(zone: &TimeZone, now: Timestamp, window: Window) -> String {
    format!(
        "{}-{}",
        clock(zone, now, window.from),
        zone.local(window.to).strftime("%H:%M")
    )
}

/// A whole moment, for a receipt: `Fri 20 Nov 2026, 19:05`.
pub fn moment(zone: &TimeZone, at: Timestamp) -> String {
    zone.local(at).strftime("%a %-d %b %Y, %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_money_with_its_sign_or_its_code() {
        let parse = |json: &str| -> Money { serde_json::from_str(json).unwrap() };
        for (json, text) in [
            (r#"{"amount": 2890, "currency": "EUR"}"#, "€28.90"),
            (r#"{"amount": -50, "currency": "USD"}"#, "-$0.50"),
            (r#"{"amount": 1000, "currency": "GBP"}"#, "£10.00"),
            (r#"{"amount": 1290, "currency": "JPY"}"#, "1290 JPY"),
        ] {
            assert_eq!(money(parse(json)), text);
        }
    }

    #[test]
    fn writes_times_by_the_readers_clock() {
        let zone: TimeZone = "Europe/Amsterdam".parse().unwrap();
        let now: Timestamp = "2026-11-20T18:30:00Z".parse().unwrap();
        let later = |text: &str| clock(&zone, now, text.parse().unwrap());
        assert_eq!(later("2026-11-20T18:05:00Z"), "19:05");
        assert_eq!(later("2026-11-20T23:30:00Z"), "Sat 21 Nov, 00:30");
        // The clocks went back on 25 October: the same instant is an hour earlier on the wall than in summer.
        assert_eq!(later("2026-10-25T00:30:00Z"), "Sun 25 Oct, 02:30");
        assert_eq!(later("2026-10-25T01:30:00Z"), "Sun 25 Oct, 02:30");
        assert_eq!(moment(&zone, now), "Fri 20 Nov 2026, 19:30");
    }
}
