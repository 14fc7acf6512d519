use proptest::prelude::*;

use super::*;

fn amsterdam() -> TimeZone {
    "Europe/Amsterdam".parse().unwrap()
}

fn hours(json: &str) -> OpeningHours {
    serde_json::from_str(json).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn check(hours: &OpeningHours, zone: &TimeZone, table: &[(&str, &str)]) {
    for (instant, expected) in table {
        let got = match hours.at(zone, at(instant)) {
            Opening::Open { closes_at } => format!("open until {closes_at}"),
            Opening::Closed {
                opens_at: Some(opens_at),
            } => format!("closed until {opens_at}"),
            Opening::Closed { opens_at: None } => "closed".to_owned(),
        };
        assert_eq!(got, *expected, "at {instant}");
    }
}

#[test]
fn split_and_overnight_hours() {
    // Friday 2026-11-20 is in winter time: UTC+1.
    let hours = hours(
        r#"{"weekly": {"fri": [{"from": "18:00", "to": "01:00"}, {"from": "11:00", "to": "14:30"}], "sat": [{"from": "01:00", "to": "02:00"}]}}"#,
    );
    check(
        &hours,
        &amsterdam(),
        &[
            ("2026-11-20T09:59:59Z", "closed until 2026-11-20T10:00:00Z"),
            ("2026-11-20T10:00:00Z", "open until 2026-11-20T13:30:00Z"),
            ("2026-11-20T13:30:00Z", "closed until 2026-11-20T17:00:00Z"),
            // Over midnight, and the next day's interval joins on.
            ("2026-11-20T23:30:00Z", "open until 2026-11-21T01:00:00Z"),
            ("2026-11-21T00:59:59Z", "open until 2026-11-21T01:00:00Z"),
            ("2026-11-21T01:00:00Z", "closed until 2026-11-27T10:00:00Z"),
        ],
    );
}

#[test]
fn an_exception_replaces_its_day_and_no_other() {
    let hours = hours(
        r#"{"weekly": {"thu": [{"from": "18:00", "to": "02:00"}], "fri": [{"from": "18:00", "to": "23:00"}]},
            "exceptions": [{"date": "2026-12-25", "intervals": []}, {"date": "2026-12-31", "intervals": [{"from": "12:00", "to": "16:00"}]}]}"#,
    );
    check(
        &hours,
        &amsterdam(),
        &[
            // Christmas Eve is a Thursday and still ends at two; Christmas Day itself stays closed.
            ("2026-12-25T00:30:00Z", "open until 2026-12-25T01:00:00Z"),
            ("2026-12-25T18:00:00Z", "closed until 2026-12-31T11:00:00Z"),
            ("2026-12-31T18:00:00Z", "closed until 2027-01-01T17:00:00Z"),
        ],
    );
}

#[test]
fn clock_changes_keep_local_time() {
    let nights =
        hours(r#"{"weekly": {"sat": [{"from": "22:00", "to": "03:00"}], "sun": [{"from": "22:00", "to": "03:00"}]}}"#);
    check(
        &nights,
        &amsterdam(),
        &[
            // 2026-10-25: three o'clock comes an hour later in instants.
            ("2026-10-24T20:00:00Z", "open until 2026-10-25T02:00:00Z"),
            // 2026-03-29: the night is an hour shorter.
            ("2026-03-28T21:00:00Z", "open until 2026-03-29T01:00:00Z"),
        ],
    );
    // An opening inside the skipped hour moves to after it.
    let skipped = hours(r#"{"weekly": {"sun": [{"from": "02:30", "to": "06:00"}]}}"#);
    check(
        &skipped,
        &amsterdam(),
        &[("2026-03-29T00:59:00Z", "closed until 2026-03-29T01:30:00Z")],
    );
}

#[test]
fn never_and_always() {
    check(
        &OpeningHours::default(),
        &amsterdam(),
        &[("2026-11-20T10:00:00Z", "closed")],
    );
    assert!(OpeningHours::always().is_open(&amsterdam(), at("2026-03-29T01:00:00Z")));
}

#[test]
fn refuses_overlaps_and_nonsense() {
    for json in [
        r#"{"weekly": {"mon": [{"from": "10:00", "to": "12:00"}, {"from": "11:00", "to": "13:00"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "18:00", "to": "02:00"}], "tue": [{"from": "01:00", "to": "03:00"}]}}"#,
        r#"{"weekly": {"sun": [{"from": "18:00", "to": "02:00"}], "mon": [{"from": "01:00", "to": "03:00"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "24:00", "to": "02:00"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "18:00", "to": "24:30"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "18:00", "to": "24:01"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "18:00", "to": "25:00"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "18:00", "to": "24:00"}, {"from": "23:00", "to": "23:30"}]}}"#,
        r#"{"weekly": {"mon": [{"from": "9:00", "to": "12:00"}]}}"#,
        r#"{"weekly": {"monday": []}}"#,
        r#"{"weekly": {}, "exceptions": [{"date": "2026-12-25", "intervals": []}, {"date": "2026-12-25", "intervals": []}]}"#,
        r#"{"weekly": {}, "holidays": []}"#,
    ] {
        assert!(serde_json::from_str::<OpeningHours>(json).is_err(), "{json}");
    }
    for name in ["", "Amsterdam", "Europe/Atlantis", "+01:00"] {
        assert!(name.parse::<TimeZone>().is_err(), "{name}");
    }
}

#[test]
fn a_day_is_written_as_it_is_read() {
    for (day, name) in Weekday::ALL.iter().zip(Weekday::NAMES) {
        let written = serde_json::to_value(day).unwrap();
        assert_eq!(written, name);
        assert_eq!(serde_json::from_value::<Weekday>(written).ok(), Some(*day));
    }
}

#[test]
fn the_end_of_a_day_is_the_midnight_after_it() {
    let whole = hours(r#"{"weekly": {"mon": [{"from": "00:00", "to": "24:00"}]}}"#);
    assert_eq!(
        whole,
        hours(r#"{"weekly": {"mon": [{"from": "00:00", "to": "00:00"}]}}"#)
    );
    let evening =
        hours(r#"{"weekly": {"mon": [{"from": "18:00", "to": "24:00"}], "tue": [{"from": "00:00", "to": "02:00"}]}}"#);
    // Shown in the one form that every client knows.
    let shown = serde_json::to_value(&evening).unwrap();
    assert_eq!(
        shown["weekly"]["mon"][0],
        serde_json::json!({"from": "18:00", "to": "00:00"})
    );
    check(
        &evening,
        &amsterdam(),
        &[("2026-11-23T20:00:00Z", "open until 2026-11-24T01:00:00Z")],
    );
    // The night of the change has 25 hours; where a change skips midnight, the day ends at the first minute there is.
    let sunday = hours(r#"{"weekly": {"sun": [{"from": "00:00", "to": "24:00"}]}}"#);
    check(
        &sunday,
        &amsterdam(),
        &[("2026-10-24T22:00:00Z", "open until 2026-10-25T23:00:00Z")],
    );
    let beirut: TimeZone = "Asia/Beirut".parse().unwrap();
    let saturday = hours(r#"{"weekly": {"sat": [{"from": "12:00", "to": "24:00"}]}}"#);
    check(
        &saturday,
        &beirut,
        &[("2026-03-28T12:00:00Z", "open until 2026-03-28T22:00:00Z")],
    );
}

proptest! {
    #[test]
    fn the_end_of_a_day_is_nothing_new(minute in 0_u16..1440, day in 0_usize..7, seconds in 0_i64..366 * 86_400, zone in prop::sample::select(vec![
        "Europe/Amsterdam", "Asia/Beirut", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "UTC",
    ])) {
        let weekday = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"][day];
        let until = |end: &str| {
            let from = LocalTime(minute);
            hours(&format!(r#"{{"weekly": {{"{weekday}": [{{"from": "{from}", "to": "{end}"}}]}}}}"#))
        };
        let (said, old) = (until("24:00"), until("00:00"));
        prop_assert_eq!(&said, &old);
        let zone: TimeZone = zone.parse().unwrap();
        let at = Timestamp::from_second(1_767_225_600 + seconds).unwrap();
        prop_assert_eq!(said.at(&zone, at), old.at(&zone, at));
        // Open exactly on that day from that minute on: by the local clock, whatever the clock does.
        let local = zone.local(at);
        let minutes = i64::from(local.hour()) * 60 + i64::from(local.minute());
        let expected = Weekday::of(local.date()) == Weekday::ALL[day] && minutes >= i64::from(minute);
        let shifts = zone.local(at + jiff::SignedDuration::from_hours(3)).duration_since(zone.local(at + jiff::SignedDuration::from_hours(-3))) != jiff::SignedDuration::from_hours(6);
        prop_assert!(shifts || said.is_open(&zone, at) == expected);
    }
}
