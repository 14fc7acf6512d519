//! When couriers work.

pub mod change_roster;
pub mod end_shift;
pub mod resume_shift;
pub mod start_shift;
pub mod sweep_shifts;
pub mod take_break;
