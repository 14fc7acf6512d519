//! The platform as a whole. One binary, so that one link serves all; each module says what it holds against the copy
//! that `TIFFIN_OUTPUTS` names (`cargo local test` starts one).
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own names and keys")]

mod resilience;
mod store_conformance;
mod stories;
