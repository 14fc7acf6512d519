//! The one place that draws ids and random numbers.

use kernel::TypedId;
use uuid::Uuid;

/// A new id; ids of one entity sort by the time they were made.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
pub fn new<Id: TypedId>() -> Id {
    Id::from_uuid(Uuid::now_v7())
}

/// A new id that tells nothing of when it was made.
#[must_use]
pub fn opaque<Id: TypedId>() -> Id {
    Id::from_uuid(random())
}

/// 122 random bits, for tokens and PINs.
#[must_use]
#[expect(clippy::disallowed_methods, reason = "this is where randomness enters")]
pub fn random() -> Uuid {
    Uuid::new_v4()
}

/// A random number below `bound`, near enough to even for a bound far below 2^64.
#[must_use]
pub fn below(bound: u32) -> u32 {
    let bits = random().as_u64_pair().1 & 0xffff_ffff_ffff;
    u32::try_from(bits % u64::from(bound.max(1))).unwrap_or_default()
}
