//! A service's handlers in the process of their tests, so that a broken handler is found in seconds and without the
//! platform.
//!
//! Requests are events of the gateway and go through the whole of the HTTP edge to the service's router. Its table is
//! [`table_double`], its clock stands until a test moves it, and other services are [`Neighbours`], which answer what a test
//! lets them; what is asked of AWS beside the table is answered by what a test has prepared ([`Aws`]). Every answer is held against the service's `openapi.json`. What does not turn out as it should panics with
//! what was asked and what came back: this crate is for tests alone.

mod aws;
mod caller;
mod neighbours;
mod service;

pub use aws::Aws;
pub use caller::Caller;
pub use neighbours::Neighbours;
pub use service::Service;
pub use testkit::Reply;
