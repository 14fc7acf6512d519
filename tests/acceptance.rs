//! The platform as a whole. One binary, so that one link serves all; each module says what it holds against the copy
//! that `TIFFIN_OUTPUTS` names (`cargo local test` starts one).
#![cfg(test)]
#![expect(clippy::disallowed_methods, reason = "tests draw their own names and keys")]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on says where")]

mod resilience;
mod store_conformance;
mod stories;
