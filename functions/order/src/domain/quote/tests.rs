//! Prices, hours and promises, as tables.

use contracts::restaurant::{Capacity, Pause, Tax};
use proptest::prelude::*;

use super::super::basket::{Basket, Line};
use super::super::cast::{after, at_anna, eur, hours, menu, now, position, restaurant};
use super::super::estimate::fallback;
use super::*;
use kernel::Currency;

fn estimate() -> Estimate {
    fallback(restaurant().position, at_anna(), after(12), Currency::EUR, now()).unwrap()
}

fn lines_of(price: Money) -> Vec<PricedLine> {
    vec![PricedLine {
        item_id: "margherita".to_owned(),
        name: "Margherita".to_owned(),
        quantity: 1,
        unit_price: price,
        total: price,
        options: Vec::new(),
        note: None,
    }]
}

fn priced(restaurant: &Snapshot, food: i64, tip: Option<Money>) -> Result<Priced, Refusal> {
    let terms = reach(restaurant, at_anna()).unwrap();
    price_up(restaurant, terms, &estimate(), lines_of(eur(food)), tip)
}

/// What food costs at a restaurant that sells in its currency.
fn priced_in(food: Money, tax: Tax, tip: Option<Money>) -> Result<Priced, Refusal> {
    let currency = food.currency();
    let restaurant = Snapshot {
        currency,
        tax,
        ..restaurant()
    };
    let estimate = fallback(restaurant.position, at_anna(), after(12), currency, now());
    let estimate = estimate.map_err(Refusal::CurrencyNotServed)?;
    price_up(&restaurant, Reach::default(), &estimate, lines_of(food), tip)
}

const INCLUDED: Tax = Tax {
    rate_bps: 900,
    inclusive: true,
};

#[test]
fn fees_and_tax() {
    for (food, rate_bps, inclusive, service_fee, small_order_fee, tax) in [
        (2500, 900, true, 125, 0, 206),
        (2500, 900, false, 125, 0, 225),
        (2500, 0, false, 125, 0, 0),
        // The service fee has a floor and a ceiling.
        (400, 900, true, 50, 200, 33),
        (20_000, 900, true, 300, 0, 1651),
        // The small-order fee is what is missing, at most two euros.
        (900, 900, true, 50, 100, 74),
        (999, 900, true, 50, 1, 82),
        (1000, 900, true, 50, 0, 83),
        // Halves of a cent go up.
        (1050, 1000, false, 53, 0, 105),
        (1005, 1000, false, 50, 0, 101),
    ] {
        let mut restaurant = restaurant();
        restaurant.tax = Tax { rate_bps, inclusive };
        let priced = priced(&restaurant, food, Some(eur(100))).unwrap();
        let got = (priced.service_fee, priced.small_order_fee, priced.tax);
        assert_eq!(
            got,
            (eur(service_fee), eur(small_order_fee), eur(tax)),
            "{food} at {rate_bps}"
        );
        let added = if inclusive { 0 } else { tax };
        assert_eq!(
            priced.total,
            eur(food + 249 + service_fee + small_order_fee + added + 100)
        );
        assert_eq!(food_with_tax(&priced), Ok(eur(food + added)));
    }
}

#[test]
fn a_zones_fee_and_minimum_replace_the_platforms() {
    let mut restaurant = restaurant();
    restaurant.minimum_order = Some(eur(2000));
    assert_eq!(
        priced(&restaurant, 1999, None),
        Err(Refusal::BelowMinimum { minimum: eur(2000) })
    );
    assert!(priced(&restaurant, 2000, None).is_ok());
    let terms = Reach {
        fee: Some(eur(0)),
        ..Reach::default()
    };
    let free = price_up(&restaurant, terms, &estimate(), lines_of(eur(2000)), None).unwrap();
    assert_eq!(free.delivery_fee, eur(0));
}

#[test]
fn tips_have_bounds() {
    let code = |food, tip| match priced(&restaurant(), food, Some(tip)) {
        Ok(_) => "fine",
        Err(Refusal::Invalid(defects)) => defects[0].code,
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(code(500, eur(2000)), "fine");
    assert_eq!(code(500, eur(2001)), "out_of_range");
    assert_eq!(code(5000, eur(5000)), "fine");
    assert_eq!(code(5000, eur(5001)), "out_of_range");
    assert_eq!(code(5000, eur(-1)), "out_of_range");
    assert_eq!(code(5000, Money::new(1, Currency::USD)), "wrong_currency");
    let in_fils = |tip| match priced_in(
        Money::new(3_450, Currency::KWD),
        INCLUDED,
        Some(Money::new(tip, Currency::KWD)),
    ) {
        Ok(_) => "fine",
        Err(Refusal::Invalid(defects)) => defects[0].code,
        Err(other) => panic!("{other:?}"),
    };
    assert_eq!(in_fils(250), "fine");
    assert_eq!(in_fils(255), "amount_too_fine");
    assert_eq!(in_fils(5_010), "out_of_range");
}

#[test]
fn what_cannot_be_paid_at_once_is_refused() {
    let code = |food| match priced_in(food, INCLUDED, None) {
        Ok(priced) => panic!("{}", priced.total),
        Err(Refusal::Invalid(defects)) => (defects[0].pointer.clone(), defects[0].code),
        Err(other) => panic!("{other:?}"),
    };
    for food in [100_000_000, i64::MAX - 10] {
        for currency in [Currency::EUR, Currency::JPY, Currency::KWD] {
            let food = Money::new(food - food % currency.step(), currency);
            assert_eq!(code(food), ("/items".to_owned(), "amount_too_large"), "{food}");
        }
    }
    let fine = Money::new(7_199, Currency::KWD);
    assert_eq!(code(fine), ("/items".to_owned(), "amount_too_fine"));
}

#[test]
fn fees_are_amounts_of_the_restaurants_currency() {
    for (food, fees, total) in [
        ("JPY 2500", ["300", "125", "0"], "2925 JPY"),
        ("JPY 900", ["300", "50", "100"], "1350 JPY"),
        ("JPY 9000", ["300", "300", "0"], "9600 JPY"),
        ("KWD 6710", ["0.500", "0.340", "0.000"], "7.550 KWD"),
        ("KWD 1850", ["0.500", "0.100", "0.500"], "2.950 KWD"),
        ("KWD 30000", ["0.500", "0.750", "0.000"], "31.250 KWD"),
        ("GBP 800", ["2.49", "0.50", "2.00"], "12.99 GBP"),
        ("USD 2500", ["3.09", "1.25", "0.00"], "29.34 USD"),
        ("SEK 10000", ["34.00", "5.00", "20.00"], "159.00 SEK"),
    ] {
        let (code, amount) = food.split_once(' ').unwrap();
        let money = Money::new(amount.parse().unwrap(), code.parse().unwrap());
        let priced = priced_in(money, INCLUDED, None).unwrap();
        let got = [priced.delivery_fee, priced.service_fee, priced.small_order_fee].map(|fee| fee.to_string());
        assert_eq!(got, fees.map(|fee| format!("{fee} {code}")), "{food}");
        assert_eq!(priced.total.to_string(), total, "{food}");
    }
}

#[test]
fn nobody_orders_in_a_currency_that_is_not_served() {
    let mut restaurant = restaurant();
    for code in ["NOK", "BHD", "ISK"] {
        restaurant.currency = code.parse().unwrap();
        let refused = Refusal::CurrencyNotServed(NotServed(restaurant.currency));
        assert_eq!(admit(&restaurant, at_anna(), None, now()), Err(refused.clone()));
        let food = Money::new(10_000, restaurant.currency);
        let unpriced = price_up(&restaurant, Reach::default(), &estimate(), lines_of(food), None);
        assert_eq!(unpriced, Err(refused), "{code}");
        assert!(fallback(restaurant.position, at_anna(), now(), restaurant.currency, now()).is_err());
    }
}

/// The least that anybody can order: next to nothing, brought for nothing, without a tip.
#[test]
fn no_total_is_too_small_to_be_charged() {
    for served in ServedCurrency::ALL {
        let currency = served.currency();
        for steps in [0, 1] {
            let restaurant = Snapshot {
                currency,
                ..restaurant()
            };
            let terms = Reach {
                fee: Some(Money::zero(currency)),
                ..Reach::default()
            };
            let food = Money::new(steps * currency.step(), currency);
            let priced = price_up(&restaurant, terms, &estimate(), lines_of(food), None).unwrap();
            assert!(
                priced.total.amount() >= currency.charge_min().amount(),
                "{}",
                priced.total
            );
        }
    }
}

#[test]
fn only_a_restaurant_that_works_is_quoted() {
    let admitted = |change: &dyn Fn(&mut Snapshot)| {
        let mut restaurant = restaurant();
        change(&mut restaurant);
        admit(&restaurant, at_anna(), None, now()).map(drop)
    };
    let pause = |until| {
        let reason = "rush".to_owned();
        Some(Pause { until, reason })
    };
    assert_eq!(admitted(&|_| ()), Ok(()));
    assert_eq!(admitted(&|known| known.status = Status::Draft), Err(Refusal::Unknown));
    assert_eq!(
        admitted(&|known| known.status = Status::Suspended),
        Err(Refusal::Suspended)
    );
    assert_eq!(
        admitted(&|known| known.pause = pause(None)),
        Err(Refusal::Paused { until: None })
    );
    let until = Some(after(1));
    assert_eq!(
        admitted(&|known| known.pause = pause(until)),
        Err(Refusal::Paused { until })
    );
    assert_eq!(
        admitted(&|known| known.pause = pause(Some(now()))),
        Ok(()),
        "the pause is over"
    );
    // It is seven in the evening in Amsterdam.
    let friday = |from: &str, to: &str| {
        hours(&format!(
            r#"{{"weekly": {{"fri": [{{"from": "{from}", "to": "{to}"}}]}}}}"#
        ))
    };
    assert_eq!(admitted(&|known| known.hours = friday("12:00", "19:01")), Ok(()));
    let closed = |hours| admitted(&|known: &mut Snapshot| known.hours = Clone::clone(&hours));
    assert!(
        matches!(closed(friday("12:00", "19:00")), Err(Refusal::Closed { .. })),
        "the closing edge"
    );
    assert_eq!(
        closed(friday("19:30", "23:00")),
        Err(Refusal::Closed {
            opens_at: Some(after(30))
        })
    );
    let far = admit(&restaurant(), position(53.0, 4.885), None, now());
    assert_eq!(far, Err(Refusal::OutOfReach));
}

#[test]
fn a_quote_does_not_outlive_the_opening_hours() {
    let mut restaurant = restaurant();
    let valid_until = |restaurant: &Snapshot| {
        plan(restaurant, Reach::default(), &estimate(), None, now())
            .unwrap()
            .valid_until
    };
    assert_eq!(valid_until(&restaurant), after(15));
    restaurant.hours = hours(r#"{"weekly": {"fri": [{"from": "12:00", "to": "19:05"}]}}"#);
    assert_eq!(valid_until(&restaurant), after(5));
}

#[test]
fn promises_keep_to_the_zones_longest() {
    let quick = |max_minutes| {
        let terms = Reach {
            max_minutes: Some(max_minutes),
            ..Reach::default()
        };
        plan(&restaurant(), terms, &estimate(), None, now()).map(drop)
    };
    // The window ends after 40 minutes.
    assert_eq!(quick(40), Ok(()));
    assert_eq!(quick(39), Err(Refusal::TooSlow));
}

#[test]
fn scheduled_orders_are_cooked_in_time() {
    let planned = |wish| plan(&restaurant(), Reach::default(), &estimate(), Some(wish), now());
    // The earliest arrival is after 20 minutes: 12 to cook, 8 to bring.
    assert_eq!(planned(after(19)), Err(Refusal::TooSoon { earliest: after(20) }));
    let soon = planned(after(20)).unwrap();
    assert_eq!((soon.cook_at, soon.ready_at, soon.release_at), (now(), after(12), None));
    let later = planned(after(120)).unwrap();
    assert_eq!((later.cook_at, later.ready_at), (after(100), after(112)));
    assert_eq!(later.release_at, Some(after(90)));
    assert_eq!((later.promised.from, later.promised.to), (after(120), after(140)));
    // The kitchen closes after four hours.
    assert!(planned(after(240 + 8)).is_ok());
    assert!(
        matches!(planned(after(240 + 9)), Err(Refusal::Closed { .. })),
        "it would still be cooking"
    );
    let tomorrow = after(24 * 60);
    assert!(planned(tomorrow).is_ok());
    let ahead = |wish| admit(&restaurant(), at_anna(), Some(wish), now()).map(drop);
    assert_eq!(ahead(now() + SCHEDULE_AHEAD_MAX), Ok(()));
    assert_eq!(ahead(after(5 * 24 * 60 + 1)), Err(Refusal::TooFarAhead));
    assert_eq!(
        ahead("9999-12-30T22:00:00Z".parse().unwrap()),
        Err(Refusal::TooFarAhead)
    );
}

#[test]
fn a_full_kitchen_makes_an_order_wait_or_refuses_it() {
    let mut restaurant = restaurant();
    let plan = plan(&restaurant, Reach::default(), &estimate(), None, now()).unwrap();
    assert_eq!(
        fit(&restaurant, plan, eur(1000), false, &[]),
        Ok((plan, None)),
        "no limit"
    );
    let capacity = Capacity {
        slot_minutes: 15,
        max_orders: Some(2),
        max_value: None,
    };
    restaurant.capacity = Some(capacity);
    let with = |first: u32, second: u32| {
        let slots = kitchen::slots_from(&capacity, plan.ready_at);
        let load = |orders| Load { orders, value: 0 };
        vec![(slots[0], load(first)), (slots[1], load(second))]
    };
    let fits = |loads: &[(Timestamp, Load)], scheduled| fit(&restaurant, plan, eur(1000), scheduled, loads);
    assert_eq!(fits(&with(1, 0), false), Ok((plan, Some(now()))));
    let (later, slot) = fits(&with(2, 1), false).unwrap();
    assert_eq!(slot, Some(after(15)));
    assert_eq!(
        (later.ready_at, later.promised.from),
        (after(15), plan.promised.from + SignedDuration::from_mins(3))
    );
    assert_eq!(
        fits(&with(2, 1), true),
        Err(Refusal::KitchenFull),
        "the customer chose the time"
    );
    assert_eq!(fits(&with(2, 2), false), Err(Refusal::KitchenFull));
}

#[test]
fn a_quote_holds_until_something_that_matters_changes() {
    let zone = zone_of(&restaurant());
    let lines = {
        let basket = Basket {
            lines: vec![Line {
                item_id: "margherita".to_owned(),
                quantity: 2,
                options: Vec::new(),
                note: None,
            }],
        };
        let offering = Offering {
            menu: &menu(),
            overrides: &Overrides::default(),
            zone: &zone,
            at: now(),
            currency: Currency::EUR,
        };
        price(&basket, offering).unwrap()
    };
    let tax = eur(2300).included_tax(BasisPoints(900));
    let fixed = Fixed {
        lines: &lines,
        tax,
        tax_included: true,
        place: at_anna(),
        scheduled_for: None,
        cook_at: now(),
        ready_at: after(12),
    };
    let judge = |change: &dyn Fn(&mut Snapshot, &mut Menu)| {
        let (mut restaurant, mut menu) = (restaurant(), menu());
        change(&mut restaurant, &mut menu);
        still_holds(fixed, &restaurant, &menu, &Overrides::default(), after(3))
    };
    assert_eq!(judge(&|_, _| ()), Ok(()));
    assert_eq!(judge(&|restaurant, _| restaurant.name = "Bellini's".to_owned()), Ok(()));
    assert_eq!(
        judge(&|_, menu| menu.version = 2),
        Ok(()),
        "the same prices on a new menu"
    );
    assert_eq!(
        judge(&|_, menu| menu.categories[0].items[1].price = eur(1)),
        Ok(()),
        "another item's price"
    );
    assert_eq!(
        judge(&|_, menu| menu.categories[0].items[0].price = eur(1151)),
        Err(Refusal::Outdated)
    );
    assert_eq!(
        judge(&|restaurant, _| restaurant.tax.rate_bps = 2100),
        Err(Refusal::Outdated)
    );
    assert_eq!(
        judge(&|restaurant, _| restaurant.status = Status::Suspended),
        Err(Refusal::Suspended)
    );
    assert_eq!(
        judge(&|restaurant, _| restaurant.max_distance_m = 10),
        Err(Refusal::OutOfReach)
    );
    let gone = judge(&|_, menu| menu.categories[0].items[0].available = false);
    assert!(matches!(gone, Err(Refusal::Invalid(defects)) if defects[0].code == "item_unavailable"));
}

proptest! {
    #[test]
    fn the_total_is_the_sum_of_its_parts(
        served in prop::sample::select(ServedCurrency::ALL.to_vec()),
        food in 0_i64..1_000_000,
        rate_bps in 0_u32..=10_000,
        inclusive: bool,
        tip in 0_i64..=200,
    ) {
        let currency = served.currency();
        let steps = |count: i64| Money::new(count * currency.step(), currency);
        let priced = priced_in(steps(food), Tax { rate_bps, inclusive }, Some(steps(tip))).unwrap();
        let parts = [priced.subtotal, priced.delivery_fee, priced.service_fee, priced.small_order_fee, priced.tip];
        let added = if inclusive { 0 } else { priced.tax.amount() };
        let sum = parts.iter().map(|part| part.amount()).sum::<i64>() - priced.discount.amount() + added;
        prop_assert_eq!(priced.total, Money::new(sum, currency));
        prop_assert_eq!(priced.total.check_charge(), Ok(()));
        for part in parts.iter().chain([&priced.tax, &priced.discount]) {
            prop_assert!(!part.is_negative() && part.is_in_steps(), "{}", part);
        }
        // What is charged for cooked food and what is given back are amounts that cards take, too.
        let fee = food_with_tax(&priced).unwrap();
        let refund = priced.total.minus(fee).unwrap();
        prop_assert!(!refund.is_negative() && fee.is_in_steps() && refund.is_in_steps());
        if inclusive {
            prop_assert!(priced.tax.amount() <= priced.subtotal.amount());
        }
    }

    #[test]
    fn ordering_more_never_costs_less(
        served in prop::sample::select(ServedCurrency::ALL.to_vec()),
        food in 0_i64..15_000,
        more in 1_i64..500,
    ) {
        let currency = served.currency();
        let cost = |steps| priced_in(Money::new(steps * currency.step(), currency), INCLUDED, None).unwrap().total.amount();
        prop_assert!(cost(food) <= cost(food + more));
    }
}
