use kernel::Zone;
use kernel::hours::{EXCEPTIONS_MAX, INTERVALS_PER_DAY_MAX};
use proptest::prelude::*;

use super::*;
use crate::domain::area::{CORNERS_TOTAL_MAX, ZONE_MINUTES_MAX, ZONES_MAX};
use crate::domain::menu::TAG_LENGTH_MAX;
use crate::domain::profile::{CUISINE_LENGTH_MAX, CUISINES_MAX, DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX};
use crate::domain::restaurant::cast::{break_until, now, restaurant};
use crate::domain::stage::PAUSE_REASON_LENGTH_MAX;
use crate::domain::{PublishedMenu, StageName};

fn near() -> Position {
    Position::new(52.3745, 4.884).unwrap()
}

fn criteria(sort: Sort) -> Criteria {
    Criteria {
        near: near(),
        radius_m: RADIUS_DEFAULT,
        words: vec![],
        cuisine: None,
        diet: None,
        open_now: false,
        sort,
    }
}

/// An open restaurant some thousandths of a degree to the north: 111 m each.
fn card(number: u32, north: f64) -> Card {
    let mut open = restaurant(StageName::Approved);
    open.hours = OpeningHours::always();
    Card {
        restaurant_id: format!("rst_000000000000000000000000{number:02}").parse().unwrap(),
        position: Position::new(near().lat() + north / 1000.0, near().lng()).unwrap(),
        ..Card::of(&open).unwrap()
    }
}

fn found(criteria: &Criteria, card: Card) -> Option<Hit> {
    criteria.evaluate(card, Rating::default(), now())
}

#[test]
fn only_public_restaurants_have_a_card() {
    for stage in StageName::ALL {
        let card = Card::of(&restaurant(stage));
        let public = [StageName::Approved, StageName::Paused].contains(&stage);
        assert_eq!(card.is_some(), public, "{}", stage.as_str());
    }
}

/// The longest of everything that a restaurant may say of itself, in letters that JSON writes as four bytes each.
fn longest() -> Restaurant {
    let mut longest = restaurant(StageName::Approved);
    let letters = |count: usize| "\u{1f35c}".repeat(count);
    let profile = &mut longest.profile;
    profile.name = letters(NAME_LENGTH_MAX).try_into().unwrap();
    profile.description = Some(letters(DESCRIPTION_LENGTH_MAX).try_into().unwrap());
    profile.cuisines = vec![letters(CUISINE_LENGTH_MAX); CUISINES_MAX];
    let price = Some(profile.currency.charge_max());
    profile.minimum_order = price;
    let zone = Zone {
        rings: vec![vec![[-179.123_456_7, -89.123_456_7]; 4]],
        more_parts: vec![vec![vec![[-179.123_456_7, -89.123_456_7]; 4]]; CORNERS_TOTAL_MAX / ZONES_MAX / 4 - 1],
        fee: price,
        minimum_order: price,
        max_minutes: Some(ZONE_MINUTES_MAX),
    };
    longest.area.zones = vec![zone; ZONES_MAX];
    longest.hours = serde_json::from_value(most_hours()).unwrap();
    longest.menu = Some(PublishedMenu {
        version: u32::MAX,
        draft_revision: String::new(),
        published_at: now(),
        diets: vec![letters(TAG_LENGTH_MAX); 500],
        typical_price: price,
    });
    let pause = Pause {
        until: Some(now()),
        reason: letters(PAUSE_REASON_LENGTH_MAX),
    };
    longest.stage = longest.stage.admitted(Some(pause), now());
    longest
}

fn most_hours() -> serde_json::Value {
    let intervals: Vec<_> = (10..10 + INTERVALS_PER_DAY_MAX)
        .map(|hour| serde_json::json!({"from": format!("{hour}:00"), "to": format!("{hour}:30")}))
        .collect();
    let days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let weekly = days.map(|day| (day.to_owned(), intervals.clone().into()));
    let dates: Vec<_> = (0..EXCEPTIONS_MAX)
        .map(|number| format!("2027-{:02}-{:02}", number / 25 + 1, number % 25 + 1))
        .map(|date| serde_json::json!({"date": date, "intervals": intervals}))
        .collect();
    serde_json::json!({"weekly": serde_json::Map::from_iter(weekly), "exceptions": dates})
}

#[test]
fn no_card_is_heavier_than_its_bound() {
    let weight = |restaurant: &Restaurant| serde_json::to_vec(&Card::of(restaurant)).unwrap().len();
    let heaviest = weight(&longest());
    assert!(
        (CARD_BYTES_MAX * 3 / 4..=CARD_BYTES_MAX).contains(&heaviest),
        "{heaviest}"
    );
    let usual = weight(&restaurant(StageName::Approved));
    assert!(usual < CARD_BYTES_MAX / 100, "{usual}");
}

#[test]
fn filters_are_all_that_must_hold() {
    let with = |change: fn(&mut Criteria)| {
        let mut criteria = criteria(Sort::Distance);
        change(&mut criteria);
        let mut card = card(1, 1.0);
        card.diets = vec!["Vegan".to_owned()];
        found(&criteria, card).is_some()
    };
    let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    assert!(with(|_| {}));
    assert!(with(|criteria| criteria.radius_m = 112));
    assert!(!with(|criteria| criteria.radius_m = 110));
    assert!(with(|criteria| criteria.cuisine = Some("pizza".to_owned())));
    assert!(!with(|criteria| criteria.cuisine = Some("pizz".to_owned())));
    assert!(with(|criteria| criteria.diet = Some("vegan".to_owned())));
    assert!(!with(|criteria| criteria.diet = Some("halal".to_owned())));
    let says = |text| {
        found(
            &Criteria {
                words: words(text),
                ..criteria(Sort::Distance)
            },
            card(1, 1.0),
        )
        .is_some()
    };
    assert!(says("belli wood pizza"));
    assert!(!says("belli sushi"));
}

#[test]
fn open_now_leaves_out_who_takes_no_orders() {
    let open_only = Criteria {
        open_now: true,
        ..criteria(Sort::Distance)
    };
    let paused = Card {
        pause: Some(break_until("2026-11-20T19:00:00Z")),
        ..card(1, 1.0)
    };
    let closed = Card {
        hours: OpeningHours::default(),
        ..card(1, 1.0)
    };
    for shut in [paused, closed] {
        assert_eq!(found(&open_only, shut.clone()), None);
        let hit = found(&criteria(Sort::Distance), shut).unwrap();
        assert!(!hit.situation.is_open());
        assert_eq!(hit.eta_minutes, None);
    }
}

#[test]
fn an_estimate_is_cooking_and_the_way() {
    let hit = found(&criteria(Sort::Distance), card(1, 20.0)).unwrap();
    assert_eq!(hit.distance_m, 2224);
    assert!(hit.delivers);
    assert_eq!(hit.eta_minutes, Some(20 + 13 + HANDOVER_MINUTES), "3,002 m of road");
    let mut near_only = card(1, 20.0);
    near_only.area.max_distance_m = 2000;
    let hit = found(&criteria(Sort::Distance), near_only).unwrap();
    assert!(!hit.delivers && hit.eta_minutes.is_none());
}

#[test]
fn every_order_and_what_comes_last() {
    let price = |amount| Some(Money::new(amount, kernel::Currency::EUR));
    let rating = |sum, count| Rating { sum, count };
    let hit = |number, north, typical_price, rating, prep_time_minutes| {
        let card = Card {
            prep_time_minutes,
            typical_price,
            ..card(number, north)
        };
        criteria(Sort::Distance).evaluate(card, rating, now()).unwrap()
    };
    let hits = vec![
        hit(1, 1.0, price(900), rating(5, 1), 60),
        hit(2, 2.0, price(700), rating(450, 100), 10),
        hit(3, 3.0, None, rating(0, 0), 20),
    ];
    for (sort, expected) in [
        (Sort::Distance, [1, 2, 3]),
        (Sort::Rating, [2, 1, 3]),
        (Sort::Eta, [2, 3, 1]),
        (Sort::Price, [2, 1, 3]),
    ] {
        let (page, end) = criteria(sort).page(hits.clone(), None, 10);
        let order: Vec<_> = page.iter().map(|hit| hit.card.restaurant_id).collect();
        let expected: Vec<_> = expected.map(|number| card(number, 0.0).restaurant_id).into();
        assert_eq!(order, expected, "{sort:?}");
        assert_eq!(end, None);
    }
}

#[test]
fn an_average_is_rounded_and_starts_with_the_first_rating() {
    assert_eq!(Rating::default().average_hundredths(), None);
    assert_eq!(Rating { sum: 14, count: 3 }.average_hundredths(), Some(467));
}

proptest! {
    #[test]
    fn pages_together_are_the_whole_list(
        norths in proptest::collection::vec(0_u32..20, 0..40), limit in 1_usize..7,
        sort in prop_oneof![Just(Sort::Distance), Just(Sort::Rating), Just(Sort::Eta), Just(Sort::Price)],
    ) {
        let criteria = criteria(sort);
        let hits: Vec<Hit> = norths
            .iter()
            .zip(0..)
            .filter_map(|(north, number)| found(&criteria, card(number, f64::from(*north))))
            .collect();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let (page, end) = criteria.page(hits.clone(), after.as_ref(), limit);
            prop_assert!(page.len() <= limit);
            seen.extend(page.iter().map(|hit| criteria.rank(hit)));
            after = end;
            if after.is_none() {
                break;
            }
        }
        prop_assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
        prop_assert_eq!(seen.len(), hits.len());
    }

    #[test]
    fn stopping_early_changes_no_page(norths in proptest::collection::vec(0_u32..40, 1..40), limit in 1_usize..7, read in 0_u32..40) {
        let criteria = criteria(Sort::Distance);
        let all: Vec<Hit> = norths.iter().zip(0..).filter_map(|(north, number)| found(&criteria, card(number, f64::from(*north)))).collect();
        // What was read so far: everything nearer than some distance.
        let distance = f64::from(read) * 111.0;
        let so_far: Vec<Hit> = all.iter().filter(|hit| f64::from(hit.distance_m) < distance).cloned().collect();
        if criteria.is_settled(&so_far, None, limit, distance) {
            prop_assert_eq!(criteria.page(so_far, None, limit), criteria.page(all, None, limit));
        }
    }
}
