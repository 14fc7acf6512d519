//! What goes wrong on a delivery, as people report it.
//!
//! What the platform itself notices (a locked PIN, a failed hand-over, a courier who was taken off) stands in the
//! delivery's events already. It is read from there, so that it costs no write and cannot be forgotten.

/// Incidents that one delivery keeps: more are noise, and a person should call instead.
pub const INCIDENTS_MAX: usize = 50;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IncidentKind {
    /// Somebody is hurt, or something is broken in traffic.
    Accident,
    /// The vehicle does not work.
    VehicleProblem,
    /// The food is spoilt, spilt or cold.
    FoodDamaged,
    /// The bag is another's, or something is missing.
    WrongItems,
    /// The customer is rude, dangerous or not to be found.
    CustomerProblem,
    /// The restaurant is closed, late or refuses.
    RestaurantProblem,
    /// The courier behaves badly.
    CourierProblem,
    /// Anything else.
    Other,
}

/// Who reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    /// Who brings it.
    Courier,
    /// Who cooked it.
    Restaurant,
    /// Who runs the platform.
    Operator,
}
