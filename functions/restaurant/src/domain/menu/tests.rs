use super::cast::menu;
use super::*;
use proptest::prelude::*;

fn check(change: impl FnOnce(&mut Menu)) -> Vec<(String, &'static str)> {
    let mut changed = menu();
    change(&mut changed);
    let errors = check_draft(&changed, Currency::EUR).err().unwrap_or_default();
    errors.into_iter().map(|error| (error.pointer, error.code)).collect()
}

fn one(pointer: &str, code: &'static str) -> Vec<(String, &'static str)> {
    vec![(pointer.to_owned(), code)]
}

fn item(menu: &mut Menu) -> &mut Item {
    &mut menu.categories[0].items[0]
}

fn group(menu: &mut Menu) -> &mut OptionGroup {
    &mut item(menu).option_groups[0]
}

const ITEM: &str = "/categories/0/items/0";
const GROUP: &str = "/categories/0/items/0/option_groups/0";

#[test]
fn a_good_menu_has_no_faults() {
    assert_eq!(check(|_| {}), []);
    assert_eq!(check_publishable(&menu(), Currency::EUR), Ok(()));
    assert_eq!(diets(&menu()), ["halal", "vegetarian"]);
    assert_eq!(typical_price(&menu()), Some(Money::new(1190, Currency::EUR)));
}

#[test]
fn numbers_of_things_are_limited() {
    let copies = |menu: &mut Menu, count: usize| {
        let item = menu.categories[1].items[0].clone();
        menu.categories[1].items = (0..count)
            .map(|n| Item {
                id: format!("i{n}"),
                ..item.clone()
            })
            .collect();
    };
    assert_eq!(check(|menu| copies(menu, ITEMS_MAX - 1)), []);
    assert_eq!(check(|menu| copies(menu, ITEMS_MAX)), one("/categories", "too_many"));
    let categories = |menu: &mut Menu| {
        menu.categories = (0..=CATEGORIES_MAX)
            .map(|n| Category {
                id: format!("c{n}"),
                name: "More".to_owned(),
                items: vec![],
            })
            .collect();
    };
    assert_eq!(check(categories), one("/categories", "too_many"));
    let groups = |menu: &mut Menu| {
        let group = group(menu).clone();
        item(menu).option_groups = (0..=GROUPS_MAX)
            .map(|n| OptionGroup {
                id: format!("g{n}"),
                ..group.clone()
            })
            .collect();
    };
    assert_eq!(check(groups), one(&format!("{ITEM}/option_groups"), "too_many"));
    let options = |menu: &mut Menu, count: usize| {
        let option = group(menu).options[0].clone();
        group(menu).options = (0..count)
            .map(|n| MenuOption {
                id: format!("o{n}"),
                ..option.clone()
            })
            .collect();
    };
    assert_eq!(check(|menu| options(menu, GROUP_OPTIONS_MAX)), []);
    assert_eq!(
        check(|menu| options(menu, GROUP_OPTIONS_MAX + 1)),
        one(&format!("{GROUP}/options"), "too_many")
    );
    assert_eq!(
        check(|menu| options(menu, 0)),
        one(&format!("{GROUP}/options"), "out_of_range")
    );
    let diets = |menu: &mut Menu, count| {
        copies(menu, count);
        let items = menu.categories.iter_mut().flat_map(|category| &mut category.items);
        for (number, item) in items.enumerate() {
            item.diets = vec![format!("diet {}", number.min(count - 1))];
        }
    };
    assert_eq!(check(|menu| diets(menu, DIETS_MAX)), []);
    assert_eq!(
        check(|menu| diets(menu, DIETS_MAX + 1)),
        one("/categories", "too_many_diets")
    );
    let tags = |menu: &mut Menu| item(menu).diets = vec!["vegan".to_owned(); TAGS_MAX + 1];
    assert_eq!(check(tags), one(&format!("{ITEM}/diets"), "too_many"));
}

#[test]
fn options_of_the_whole_menu_are_limited() {
    let errors = check(|menu| {
        let full = OptionGroup {
            options: (0..GROUP_OPTIONS_MAX)
                .map(|n| MenuOption {
                    id: format!("o{n}"),
                    ..group(menu).options[0].clone()
                })
                .collect(),
            ..group(menu).clone()
        };
        let item = item(menu).clone();
        menu.categories[0].items = (0..=OPTIONS_MAX / GROUP_OPTIONS_MAX)
            .map(|n| Item {
                id: format!("i{n}"),
                option_groups: vec![full.clone()],
                ..item.clone()
            })
            .collect();
    });
    assert_eq!(errors, one("/categories", "too_many"));
}

#[test]
fn nesting_is_limited() {
    fn nested(group: &OptionGroup, depth: usize) -> OptionGroup {
        let mut group = group.clone();
        group.options.truncate(1);
        if depth > 1 {
            group.options[0].option_groups = vec![nested(&group, depth - 1)];
        }
        group
    }
    let with = |depth| check(|menu| item(menu).option_groups = vec![nested(&group(menu).clone(), depth)]);
    assert_eq!(with(DEPTH_MAX), []);
    let errors = with(DEPTH_MAX + 1);
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].1, "too_deep");
}

#[test]
fn texts_ids_and_prices_are_limited() {
    type Change = fn(&mut Menu);
    let price = |amount, currency| Money::new(amount, currency);
    let table: &[(Change, &str, &str)] = &[
        (
            |m| item(m).name = "x".repeat(NAME_LENGTH_MAX + 1),
            "/name",
            "invalid_text",
        ),
        (|m| item(m).name = " ".to_owned(), "/name", "invalid_text"),
        (
            |m| item(m).description = Some("x".repeat(DESCRIPTION_LENGTH_MAX + 1)),
            "/description",
            "invalid_text",
        ),
        (
            |m| item(m).allergens[0] = "x".repeat(TAG_LENGTH_MAX + 1),
            "/allergens/0",
            "invalid_text",
        ),
        (|m| item(m).id = "x".repeat(ID_LENGTH_MAX + 1), "/id", "invalid_id"),
        (|m| item(m).id = String::new(), "/id", "invalid_id"),
        (|m| item(m).id = "a/b".to_owned(), "/id", "invalid_id"),
        (
            |m| item(m).photo_url = Some("http://example.com/a.jpg".to_owned()),
            "/photo_url",
            "invalid_url",
        ),
        (
            |m| item(m).photo_url = Some("https://é".to_owned()),
            "/photo_url",
            "invalid_url",
        ),
        (
            |m| item(m).photo_url = Some(format!("https://{}", "x".repeat(URL_LENGTH_MAX))),
            "/photo_url",
            "invalid_url",
        ),
        (|m| group(m).max = 0, "/option_groups/0/max", "out_of_range"),
        (
            |m| group(m).max = CHOICES_MAX + 1,
            "/option_groups/0/max",
            "out_of_range",
        ),
        (|m| group(m).min = 3, "/option_groups/0/max", "out_of_range"),
        (|m| group(m).free = 3, "/option_groups/0/free", "out_of_range"),
    ];
    for (change, pointer, code) in table {
        assert_eq!(check(change), one(&format!("{ITEM}{pointer}"), code));
    }
    let at = format!("{ITEM}/price/amount");
    let too_much = Currency::EUR.charge_max().amount() + 1;
    assert_eq!(
        check(|m| item(m).price = price(-1, Currency::EUR)),
        one(&at, "out_of_range")
    );
    assert_eq!(
        check(|m| item(m).price = price(too_much, Currency::EUR)),
        one(&at, "out_of_range")
    );
    assert_eq!(
        check(|m| group(m).options[0].price = price(1, Currency::USD)),
        one(&format!("{GROUP}/options/0/price/currency"), "wrong_currency")
    );
}

#[test]
fn a_price_is_in_steps_that_cards_can_be_charged() {
    let in_fils = |amount: i64| {
        let mut menu = menu();
        let dish = item(&mut menu);
        dish.price = Money::new(amount, Currency::KWD);
        dish.option_groups.clear();
        menu.categories.truncate(1);
        let errors = check_draft(&menu, Currency::KWD).err().unwrap_or_default();
        let codes = errors.into_iter().map(|error| (error.pointer, error.code));
        codes.collect::<Vec<_>>()
    };
    assert_eq!(in_fils(3_450), []);
    assert_eq!(in_fils(3_455), one(&format!("{ITEM}/price/amount"), "amount_too_fine"));
}

#[test]
fn ids_are_unique_where_they_must_be() {
    assert_eq!(
        check(|menu| menu.categories[1].items[0].id = "margherita".to_owned()),
        one("/categories/1/items/0/id", "duplicate_id")
    );
    assert_eq!(
        check(|menu| menu.categories[1].id = "pizza".to_owned()),
        one("/categories/1/id", "duplicate_id")
    );
    assert_eq!(
        check(|menu| group(menu).options[1].id = "olives".to_owned()),
        one(&format!("{GROUP}/options/1/id"), "duplicate_id")
    );
    assert_eq!(
        check(|menu| group(menu).options[1].option_groups[0].options[0].id = "olives".to_owned()),
        [],
        "the same option in another group is the same thing"
    );
}

#[test]
fn an_empty_menu_is_a_draft_and_no_more() {
    let empty = Menu {
        version: 0,
        categories: vec![],
    };
    assert_eq!(check_draft(&empty, Currency::EUR), Ok(()));
    let errors = check_publishable(&empty, Currency::EUR).unwrap_err();
    assert_eq!(errors[0].code, "menu_empty");
}

#[test]
fn an_endless_list_of_faults_is_cut() {
    let errors = check(|menu| item(menu).allergens = vec![String::new(); 200]);
    assert_eq!(errors.len(), kernel::FIELD_ERRORS_MAX);
}

proptest! {
    #[test]
    fn whatever_is_sent_is_judged(categories in proptest::collection::vec(("\\PC{0,70}", "\\PC{0,120}", any::<i64>()), 0..6)) {
        let menu = Menu {
            version: 0,
            categories: vec![Category {
                id: "all".to_owned(),
                name: "All".to_owned(),
                items: categories
                    .into_iter()
                    .map(|(id, name, amount)| Item { id, name, price: Money::new(amount, Currency::EUR), ..self::menu().categories[1].items[0].clone() })
                    .collect(),
            }],
        };
        if check_draft(&menu, Currency::EUR).is_ok() {
            for item in items(&menu) {
                prop_assert!(!item.price.is_negative() && item.id.is_ascii() && !item.name.trim().is_empty());
            }
        }
    }
}
