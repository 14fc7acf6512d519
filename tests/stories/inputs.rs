//! What people really enter is understood, and shown to others as it is meant.

use serde_json::{Value, json};
use testkit::{Kitchen, Person, Reply, Stack, eventually, menu};

/// What is wrong with a body, by the place and the code of the first complaint.
fn complaint(reply: Reply) -> (String, String) {
    let problem = reply.refused(422, "invalid_body");
    let first = &problem["errors"][0];
    let text = |name: &str| first[name].as_str().unwrap_or_default().to_owned();
    (text("pointer"), text("code"))
}

fn changes(person: &Person, change: &Value) -> Reply {
    changes_at("/v1/users/me", person, change)
}

fn changes_at(path: &str, person: &Person, change: &Value) -> Reply {
    let version = person.get(path).expect(200)["version"].clone();
    person.patch(path, &version, change)
}

#[test]
fn a_phone_number_is_read_as_people_write_it() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    for written in [
        json!({"phone": "+31 6 5555 0301"}),
        json!({"phone": "0031 6 55550301"}),
        json!({"phone": "\u{202A}+31 (0)6-55 55 03 01\u{202C}"}),
        json!({"phone": "06 55550301", "country": "NL"}),
        json!({"phone": "06 55550301", "locale": "nl-NL"}),
        // Now the number before says where the person is.
        json!({"phone": "06-5555 0301"}),
    ] {
        let me = changes(&person, &written).expect(200);
        assert_eq!(me["phone"], "+31655550301", "{written}");
        assert_eq!(me["phone_national"], "06 55550301", "{written}");
        assert_eq!(me["phone_international"], "+31 6 55550301", "{written}");
        assert_eq!(me["phone_country"], "NL", "{written}");
    }
    let abroad = changes(&person, &json!({"phone": "(202) 555-0123", "country": "US"})).expect(200);
    let shown = (&abroad["phone"], &abroad["phone_national"], &abroad["phone_country"]);
    assert_eq!(shown, (&json!("+12025550123"), &json!("(202) 555-0123"), &json!("US")));
    let none = changes(&person, &json!({"phone": null})).expect(200);
    assert_eq!((&none["phone"], &none["phone_national"]), (&Value::Null, &Value::Null));
}

#[test]
fn a_list_of_preferences_is_as_long_as_it_was_sent() {
    let person = Stack::get().enrol("customer");
    let path = "/v1/users/me/preferences";
    let repeated = |count| json!({"cuisines": vec!["thai"; count]});
    let kept = person.put(path, &repeated(20)).expect(200);
    assert_eq!(kept["cuisines"], json!(["thai"]));
    let refused = complaint(person.put(path, &repeated(21)));
    assert_eq!(refused, ("/cuisines".to_owned(), "too_many".to_owned()));
    assert_eq!(person.get(path).expect(200)["cuisines"], json!(["thai"]));
}

#[test]
fn a_phone_number_that_cannot_be_called_says_why() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    // Nothing says where the person is: neither the number nor the language.
    changes(&person, &json!({"phone": null, "locale": "en"})).is(200);
    for (body, code) in [
        (json!({"phone": "06 55550301"}), "phone_country_needed"),
        (json!({"phone": "06 5555", "country": "NL"}), "phone_too_short"),
        (json!({"phone": "+31 6 5555 030"}), "phone_too_short"),
        (json!({"phone": "+31 6 5555 0301 9999"}), "phone_too_long"),
        (
            json!({"phone": "06 55550301 ext. 7", "country": "NL"}),
            "phone_extension",
        ),
        (json!({"phone": "ring twice", "country": "NL"}), "phone_invalid"),
    ] {
        let wrong = ("/phone".to_owned(), code.to_owned());
        assert_eq!(complaint(changes(&person, &body)), wrong, "{body}");
        assert_eq!(
            complaint(person.post("/v1/users/me/phone", &without_locale(&body))),
            wrong,
            "{body}"
        );
    }
    let unserved = person.post(
        "/v1/users/me/phone",
        &json!({"phone": "(202) 555-0123", "country": "US"}),
    );
    assert_eq!(complaint(unserved).1, "phone_country_not_served");
    assert_eq!(person.get("/v1/users/me").expect(200)["phone"], Value::Null);
}

fn without_locale(body: &Value) -> Value {
    let mut body = body.clone();
    body.as_object_mut().unwrap().remove("locale");
    body
}

#[test]
fn a_code_goes_to_a_number_in_national_form() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    let national = person.get("/v1/users/me").expect(200)["phone_national"].clone();
    person
        .post("/v1/users/me/phone", &json!({"phone": national, "country": "NL"}))
        .is(202);
    let code = eventually("the code on the phone", || {
        let texts = stack.aws().texts_to(&person.phone);
        let code = texts.last().and_then(|text| text.split(' ').next().map(str::to_owned));
        code.ok_or_else(|| format!("{texts:?}"))
    });
    person.post("/v1/users/me/phone/verify", &json!({"code": code})).is(200);
}

#[test]
fn a_restaurants_number_is_one_of_its_own_country() {
    let kitchen = Kitchen::open(Stack::get());
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let changes = |change: &Value| changes_at(&path, &kitchen.owner, change);
    changes(&json!({"phone": "(020) 555-0101"})).is(200);
    let shown = kitchen.owner.get(&path).expect(200);
    assert_eq!(shown["phone"], "+31205550101");
    assert_eq!(shown["phone_national"], "020 555 0101");
    assert_eq!(shown["phone_international"], "+31 20 555 0101");
    assert_eq!(
        complaint(changes(&json!({"phone": "555-0101"}))),
        ("/phone".to_owned(), "phone_too_short".to_owned())
    );
}

#[test]
fn the_end_of_a_day_may_be_written_as_twenty_four_oclock() {
    let kitchen = Kitchen::open(Stack::get());
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let sets = |from: &str, to: &str| {
        let hours = json!({"weekly": {"mon": [{"from": from, "to": to}]}, "exceptions": []});
        kitchen.owner.put(&format!("{path}/hours"), &hours)
    };
    let shown = || kitchen.owner.get(&path).expect(200)["hours"]["weekly"]["mon"].clone();
    for from in ["18:00", "00:00"] {
        sets(from, "00:00").is(200);
        let old = shown();
        sets(from, "24:00").is(200);
        assert_eq!(shown(), old);
        assert_eq!(old, json!([{"from": from, "to": "00:00"}]));
    }
    for (from, to, place) in [
        ("18:00", "24:30", "/weekly/mon/0/to"),
        ("18:00", "24:01", "/weekly/mon/0/to"),
        ("24:00", "02:00", "/weekly/mon/0/from"),
    ] {
        let wrong = complaint(sets(from, to));
        assert_eq!(wrong, (place.to_owned(), "invalid_time".to_owned()), "{from} to {to}");
    }
    assert_eq!(shown(), json!([{"from": "00:00", "to": "00:00"}]));
}

#[test]
fn a_name_is_shown_without_what_nobody_sees() {
    let stack = Stack::get();
    let person = stack.enrol("customer");
    for (written, shown) in [
        ("Ro\u{202E}bin\u{202C}", "Robin"),
        ("\u{2066}Robin\u{2069}\u{200F}", "Robin"),
        ("R\u{200B}o\u{2060}b\u{FEFF}i\u{AD}n\u{180E}", "Robin"),
        ("Robin\u{E0041}\u{E007F}\u{FFF9}", "Robin"),
        ("Robin\r\nof\tLocksley", "Robin of Locksley"),
        ("Zoe\u{308}", "Zoë"),
        // What scripts and emoji are written with stays.
        ("Chef 👩\u{200D}🍳", "Chef 👩\u{200D}🍳"),
        ("می\u{200C}خواهم", "می\u{200C}خواهم"),
        ("مريم", "مريم"),
        ("מרים", "מרים"),
    ] {
        assert_eq!(changes(&person, &json!({"name": written})).expect(200)["name"], shown);
    }
    for (written, code) in [
        ("\u{200B}\u{2060}\u{202E}", "text_empty"),
        ("\u{2800}", "text_empty"),
        ("Ro\u{0}bin", "text_control_character"),
        (&format!("Z{}", "\u{301}\u{489}".repeat(20)), "text_too_many_marks"),
        (&"x".repeat(101), "text_too_long"),
    ] {
        let wrong = complaint(changes(&person, &json!({"name": written})));
        assert_eq!(wrong, ("/name".to_owned(), code.to_owned()), "{written:?}");
    }
}

#[test]
fn what_a_restaurant_names_is_shown_without_what_nobody_sees() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let path = format!("/v1/restaurants/{}", kitchen.restaurant_id);
    let named =
        json!({"name": "Bel\u{202E}lini\u{200B}", "description": "Wood\u{AD}-fired\r\npizza 🏴\u{E0067}\u{E007F}"});
    changes_at(&path, &kitchen.owner, &named).is(200);
    let shown = stack.anonymous().get(&path).expect(200);
    assert_eq!(shown["name"], "Bellini");
    assert_eq!(shown["description"], "Wood-fired\npizza 🏴");

    let mut written = menu();
    let category = &mut written["categories"][0];
    category["name"] = json!("\u{2067}Mains");
    category["items"][0]["name"] = json!("Marghe\u{202E}rita");
    category["items"][1]["option_groups"][0]["name"] = json!("Top\u{200B}pings");
    category["items"][1]["option_groups"][0]["options"][0]["name"] = json!("To\u{E0041}fu");
    kitchen.owner.put(&format!("{path}/menu"), &written).is(200);
    kitchen.owner.post(&format!("{path}/menu/publish"), &json!({})).is(200);
    let published = stack.anonymous().get(&format!("{path}/menu")).expect(200);
    let shown_names = |menu: &Value| {
        let items = &menu["categories"][0]["items"];
        let group = &items[1]["option_groups"][0];
        [
            &menu["categories"][0]["name"],
            &items[0]["name"],
            &group["name"],
            &group["options"][0]["name"],
        ]
        .map(Value::clone)
    };
    assert_eq!(shown_names(&published), shown_names(&menu()));

    written["categories"][0]["items"][0]["name"] = json!("\u{3164}");
    let wrong = complaint(kitchen.owner.put(&format!("{path}/menu"), &written));
    assert_eq!(wrong.0, "/categories/0/items/0/name");
}

#[test]
fn what_is_written_with_an_order_is_shown_without_what_nobody_sees() {
    let stack = Stack::get();
    let kitchen = Kitchen::open(stack);
    let basket = kitchen.customer(stack, "pm_card_visa");
    let address = json!({"label": "Ho\u{202E}me", "line1": "Kerk\u{200B}straat 7", "city": "Amsterdam\u{200E}",
        "postal_code": "1017 GA", "country": "NL", "position": kitchen.door(), "instructions": "Ring\u{2066} twice\r\nplease"});
    let saved = basket.customer.post("/v1/users/me/addresses", &address).expect(201);
    let shown = ["label", "line1", "city", "instructions"].map(|field| saved[field].as_str().unwrap());
    assert_eq!(shown, ["Home", "Kerkstraat 7", "Amsterdam", "Ring twice\nplease"]);
    let mut placing = basket.placing(&basket.quoted());
    placing["note"] = json!("No \u{202E}onions\u{FEFF}");
    let placed = basket.customer.post("/v1/orders", &placing).expect(201);
    let order = basket.order(placed["order_id"].as_str().unwrap());
    assert_eq!(order["note"], "No onions");
}
