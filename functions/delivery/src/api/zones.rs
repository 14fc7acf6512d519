//! Where dispatch plans.

pub mod find_zones;
pub mod get_zone_board;
