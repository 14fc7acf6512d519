//! Baskets and what they cost.

use contracts::restaurant::ItemAvailabilityChanged;
use proptest::prelude::*;

use super::super::cast::{bellini, eur, hours, menu, now};
use super::*;

fn choice(option_id: &str, quantity: u32, options: Vec<Choice>) -> Choice {
    let group_id = match option_id {
        "soy" => "sauce",
        "hot" => "heat",
        "hotter" => "more",
        _ => "toppings",
    };
    Choice {
        group_id: group_id.to_owned(),
        option_id: option_id.to_owned(),
        quantity,
        options,
    }
}

fn line(item_id: &str, quantity: u32, options: Vec<Choice>) -> Line {
    Line {
        item_id: item_id.to_owned(),
        quantity,
        options,
        note: None,
    }
}

fn priced_on(menu: &Menu, overrides: &Overrides, lines: Vec<Line>) -> Result<Vec<PricedLine>, Vec<FieldError>> {
    let zone = "Europe/Amsterdam".parse().unwrap();
    let offering = Offering {
        menu,
        overrides,
        zone: &zone,
        at: now(),
        currency: Currency::EUR,
    };
    price(&Basket { lines }, offering)
}

fn priced(lines: Vec<Line>) -> Result<Vec<PricedLine>, Vec<FieldError>> {
    priced_on(&menu(), &Overrides::default(), lines)
}

fn defects(lines: Vec<Line>) -> Vec<(String, &'static str)> {
    let defects = priced(lines).unwrap_err();
    defects
        .into_iter()
        .map(|defect| (defect.pointer, defect.code))
        .collect()
}

#[test]
fn options_cost_what_the_group_says() {
    for (options, unit_price, why) in [
        (vec![choice("tofu", 1, vec![])], 990, "one is free"),
        (
            vec![choice("tofu", 1, vec![]), choice("avocado", 1, vec![])],
            990 + 200,
            "the cheaper one is free",
        ),
        (
            vec![choice("avocado", 1, vec![]), choice("tofu", 1, vec![])],
            990 + 200,
            "whatever comes first",
        ),
        (vec![choice("tofu", 3, vec![])], 990 + 300, "one of three is free"),
        (
            vec![choice("avocado", 1, vec![]), choice("avocado", 1, vec![])],
            990 + 200,
            "asked for twice",
        ),
        (
            vec![choice("tofu", 1, vec![choice("soy", 2, vec![])])],
            990 + 100,
            "a free option's own options are not free",
        ),
        (
            vec![choice(
                "tofu",
                2,
                vec![choice("soy", 1, vec![choice("hot", 1, vec![])])],
            )],
            990 + 150 + 100,
            "what hangs below an option counts as often as the option",
        ),
    ] {
        let lines = priced(vec![line("bowl", 2, options)]).unwrap_or_else(|defects| panic!("{why}: {defects:?}"));
        assert_eq!(lines[0].unit_price, eur(unit_price), "{why}");
        assert_eq!(lines[0].total, eur(2 * unit_price), "{why}");
    }
}

#[test]
#[expect(clippy::too_many_lines, reason = "a table")]
fn what_is_wrong_is_told_with_its_place() {
    let bowl = |options| vec![line("bowl", 1, options)];
    let deep = vec![choice(
        "soy",
        1,
        vec![choice("hot", 1, vec![choice("hotter", 1, vec![])])],
    )];
    let stranger = Choice {
        group_id: "sizes".to_owned(),
        ..choice("tofu", 1, vec![])
    };
    for (lines, expected) in [
        (vec![], vec![("/items", "empty")]),
        (
            vec![line("margherita", 1, vec![]); LINES_MAX + 1],
            vec![("/items", "too_many")],
        ),
        (
            vec![line("margherita", 0, vec![])],
            vec![("/items/0/quantity", "out_of_range")],
        ),
        (
            vec![line("margherita", QUANTITY_MAX + 1, vec![])],
            vec![("/items/0/quantity", "out_of_range")],
        ),
        (
            vec![line("sushi", 1, vec![])],
            vec![("/items/0/item_id", "unknown_item")],
        ),
        (
            vec![line("pasta", 1, vec![])],
            vec![("/items/0/item_id", "item_unavailable")],
        ),
        (bowl(vec![]), vec![("/items/0/options", "too_few_options")]),
        (
            bowl(vec![choice("tofu", 4, vec![])]),
            vec![("/items/0/options", "too_many_options")],
        ),
        (
            bowl(vec![choice("tofu", 21, vec![])]),
            vec![
                ("/items/0/options/0/quantity", "out_of_range"),
                ("/items/0/options", "too_many_options"),
            ],
        ),
        (
            bowl(vec![choice("tofu", 0, vec![]), choice("tofu", 1, vec![])]),
            vec![("/items/0/options/0/quantity", "out_of_range")],
        ),
        (
            bowl(vec![choice("kimchi", 1, vec![])]),
            vec![("/items/0/options/0/option_id", "option_unavailable")],
        ),
        (
            bowl(vec![choice("ham", 1, vec![])]),
            vec![("/items/0/options/0/option_id", "unknown_option")],
        ),
        (
            bowl(vec![choice("tofu", 1, vec![]), stranger]),
            vec![("/items/0/options/1/group_id", "unknown_option_group")],
        ),
        (
            bowl(vec![choice("tofu", 1, deep)]),
            vec![("/items/0/options/0/options/0/options/0/options", "too_deep")],
        ),
        (
            bowl(vec![choice("tofu", 1, vec![choice("soy", 1, vec![]); CHOICES_MAX])]),
            vec![("/items/0/options", "too_many")],
        ),
        (
            vec![
                line("margherita", 1, vec![choice("tofu", 1, vec![])]),
                line("sushi", 1, vec![]),
            ],
            vec![
                ("/items/0/options/0/group_id", "unknown_option_group"),
                ("/items/1/item_id", "unknown_item"),
            ],
        ),
    ] {
        let expected: Vec<_> = expected
            .into_iter()
            .map(|(place, code)| (place.to_owned(), code))
            .collect();
        assert_eq!(defects(lines), expected);
    }
}

#[test]
fn what_sold_out_since_cannot_be_ordered_and_what_came_back_can() {
    let mut overrides = Overrides::default();
    for (sequence, (id, kind, available)) in [
        ("margherita", MenuEntry::Item, false),
        ("pasta", MenuEntry::Item, true),
        ("tofu", MenuEntry::Option, false),
        ("kimchi", MenuEntry::Option, true),
    ]
    .into_iter()
    .enumerate()
    {
        let change = ItemAvailabilityChanged {
            restaurant_id: bellini(),
            id: id.to_owned(),
            kind,
            available,
            until: None,
            overrides: None,
        };
        assert!(overrides.note(&change, u32::try_from(sequence).unwrap() + 1));
    }
    let allowed = |line: Line| priced_on(&menu(), &overrides, vec![line]).is_ok();
    assert!(!allowed(line("margherita", 1, vec![])));
    assert!(allowed(line("pasta", 1, vec![])));
    assert!(!allowed(line("bowl", 1, vec![choice("tofu", 1, vec![])])));
    assert!(allowed(line("bowl", 1, vec![choice("kimchi", 1, vec![])])));
}

#[test]
fn a_breakfast_is_not_served_at_dinner() {
    let mut menu = menu();
    let friday = |from: &str, to: &str| {
        hours(&format!(
            r#"{{"weekly": {{"fri": [{{"from": "{from}", "to": "{to}"}}]}}}}"#
        ))
    };
    menu.categories[0].items[0].availability = Some(friday("08:00", "11:00"));
    let ask = |menu: &Menu| priced_on(menu, &Overrides::default(), vec![line("margherita", 1, vec![])]);
    assert_eq!(ask(&menu).unwrap_err()[0].code, "item_not_served_now");
    menu.categories[0].items[0].availability = Some(friday("18:00", "22:00"));
    assert!(ask(&menu).is_ok());
}

#[test]
fn absurd_prices_are_refused_not_wrapped() {
    let mut menu = menu();
    menu.categories[0].items[0].price = eur(i64::MAX / 2);
    let ask = |menu: &Menu| priced_on(menu, &Overrides::default(), vec![line("margherita", 3, vec![])]);
    assert_eq!(ask(&menu).unwrap_err()[0].code, "amount_too_large");
    menu.categories[0].items[0].price = Money::new(100, Currency::USD);
    assert!(ask(&menu).is_err(), "another currency than the restaurant's");
}

proptest! {
    #[test]
    fn the_subtotal_is_the_sum_of_what_is_shown(
        pizzas in 1_u32..=99, bowls in 1_u32..=99, tofu in 0_u32..=3, avocado in 0_u32..=3, soy in 0_u32..=2,
    ) {
        prop_assume!((1..=3).contains(&(tofu + avocado)));
        let mut options = Vec::new();
        if tofu > 0 {
            let sauces = if soy > 0 { vec![choice("soy", soy, vec![])] } else { vec![] };
            options.push(choice("tofu", tofu, sauces));
        }
        if avocado > 0 {
            options.push(choice("avocado", avocado, vec![]));
        }
        let lines = priced(vec![line("margherita", pizzas, vec![]), line("bowl", bowls, options)]).unwrap();
        let toppings: i64 = lines[1].options.iter().map(|option| option.price.amount()).sum();
        let sauces = i64::from(soy) * 50 * i64::from(tofu);
        prop_assert_eq!(lines[1].unit_price, eur(990 + toppings + sauces));
        let sum = i64::from(pizzas) * 1150 + i64::from(bowls) * lines[1].unit_price.amount();
        prop_assert_eq!(subtotal(&lines, Currency::EUR), Ok(eur(sum)));
        // The free unit is the cheapest.
        let all = i64::from(tofu) * 150 + i64::from(avocado) * 200;
        let free = if tofu > 0 { 150 } else { 200 };
        prop_assert_eq!(toppings, all - free);
        // Asking for the same basket again prices it the same.
        let again = priced(basket_of(&lines).lines).unwrap();
        prop_assert_eq!(again, lines);
    }
}
