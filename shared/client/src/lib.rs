//! What a program outside the platform speaks to a copy of it with: `cargo local` and the tests. Nothing here is deployed.

mod error;
mod socket;

pub use error::{Error, Result};
pub use socket::{Closed, Socket};
