//! The secrets of a local copy: fixed and worthless, since nothing outside this machine ever sees them.

/// The key that list cursors are sealed with: 32 bytes in hexadecimal.
pub const CURSOR_KEY: &str = "6c6f63616c2d637572736f722d6b65792d6e6f742d612d7365637265742d3332";

/// The key of the payment provider's API, as localstripe accepts any that begins so.
pub const STRIPE_KEY: &str = "sk_test_local";

/// What localstripe signs its webhook calls with.
pub const WEBHOOK_SECRET: &str = "whsec_local";

/// The password of every login that is seeded.
pub const PASSWORD: &str = "Tiffin-local-1!";
