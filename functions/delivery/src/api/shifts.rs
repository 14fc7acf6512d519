//! When couriers work.

pub mod cancel_shift;
pub mod end_shift;
pub mod list_shifts;
pub mod plan_shift;
pub mod resume_shift;
pub mod start_shift;
pub mod take_break;
