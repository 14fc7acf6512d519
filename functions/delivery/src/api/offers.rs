//! What couriers are asked to bring.

pub mod accept_offer;
pub mod decline_offer;
pub mod list_offers;
