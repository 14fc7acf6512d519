//! What goes wrong on a delivery, as people report it.
//!
//! What the platform itself notices (a locked PIN, a failed hand-over, a courier who was taken off) stands in the
//! delivery's events already. It is read from there, so that it costs no write and cannot be forgotten.

/// Incidents that one delivery keeps: more are noise, and a person should call instead.
pub const INCIDENTS_MAX: usize = 50;

contracts::vocabulary! {
/// What happened.
pub enum IncidentKind {
    /// Somebody is hurt, or something is broken in traffic.
    Accident = "accident",
    /// The vehicle does not work.
    VehicleProblem = "vehicle_problem",
    /// The food is spoilt, spilt or cold.
    FoodDamaged = "food_damaged",
    /// The bag is another's, or something is missing.
    WrongItems = "wrong_items",
    /// The customer is rude, dangerous or not to be found.
    CustomerProblem = "customer_problem",
    /// The restaurant is closed, late or refuses.
    RestaurantProblem = "restaurant_problem",
    /// The courier behaves badly.
    CourierProblem = "courier_problem",
    /// Anything else.
    Other = "other",
}
}

contracts::vocabulary! {
/// Who reports it.
pub enum Reporter {
    /// Who brings it.
    Courier = "courier",
    /// Who cooked it.
    Restaurant = "restaurant",
    /// Who runs the platform.
    Operator = "operator",
}
}
