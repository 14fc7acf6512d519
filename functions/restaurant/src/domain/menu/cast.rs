//! A menu for tests.

use contracts::menu::Menu;

/// Two items; the first has a group whose option has a group of its own.
pub fn menu() -> Menu {
    serde_json::from_value(serde_json::json!({"categories": [
        {"id": "pizza", "name": "Pizza", "items": [{
            "id": "margherita", "name": "Margherita", "price": {"amount": 1190, "currency": "EUR"},
            "diets": ["vegetarian"], "allergens": ["gluten", "milk"],
            "option_groups": [{"id": "extras", "name": "Extras", "min": 0, "max": 2, "options": [
                {"id": "olives", "name": "Olives", "price": {"amount": 100, "currency": "EUR"}},
                {"id": "salami", "name": "Salami", "price": {"amount": 150, "currency": "EUR"},
                 "option_groups": [{"id": "kind", "name": "Kind", "min": 1, "max": 1, "options": [
                    {"id": "mild", "name": "Mild", "price": {"amount": 0, "currency": "EUR"}},
                    {"id": "spicy", "name": "Spicy", "price": {"amount": 0, "currency": "EUR"}}
                 ]}]}
            ]}]
        }]},
        {"id": "sweet", "name": "Dolci", "items": [
            {"id": "tiramisu", "name": "Tiramisù", "price": {"amount": 650, "currency": "EUR"}, "diets": ["vegetarian", "halal"]}
        ]}
    ]}))
    .unwrap()
}
