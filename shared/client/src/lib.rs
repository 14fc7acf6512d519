//! What a program outside the platform speaks to a copy of it with: `cargo local` and the tests. Nothing here is deployed.

mod api;
mod aws;
mod error;
mod http;
mod reply;
mod retry;
mod socket;
mod xml;

/// The services: each is a folder of `functions`, a crate, a program and a template of this name.
pub const SERVICES: [&str; 6] = ["user", "restaurant", "order", "payment", "delivery", "notification"];

pub use ureq::http::Method;

pub use api::Api;
pub use aws::{ACCESS_KEY, Aws, Mail};
pub use error::{Error, Result};
pub use http::{Http, Watch, percent_encode};
pub use reply::Reply;
pub use socket::{Closed, Socket};
pub use xml::{element, elements};
