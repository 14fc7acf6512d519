//! Public benchmarks of the delivery service's pure parts: their rules, simulators, strict evaluators and peers.
//!
//! `cargo local bench` shows what comes out. The programs that decide are those of the service; nothing here is shipped.

pub mod eta;
pub mod mdrp;
pub mod routes;
