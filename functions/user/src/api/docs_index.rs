//! `GET /v1/docs`: where the APIs of all services are described.

use axum::response::Html;

/// The services and what each is for.
const SERVICES: [(&str, &str); 6] = [
    ("user", "sign-up and sign-in, profile, preferences, addresses, roles"),
    (
        "restaurant",
        "restaurants, their hours, zones, menus, staff and reviews",
    ),
    ("order", "quotes and orders, from the basket to the door"),
    ("payment", "means of payment, and what an order's payment is up to"),
    (
        "delivery",
        "couriers, their shifts, offers and routes, and where an order is",
    ),
    ("notification", "the inbox, and live updates over a WebSocket"),
];

/// The page.
pub async fn docs_index() -> Html<String> {
    Html(runtime::docs::index(&SERVICES))
}
