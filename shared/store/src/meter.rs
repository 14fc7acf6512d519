//! What DynamoDB was asked to do, counted: the figures behind "cost per order".

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_sdk_dynamodb::types::ConsumedCapacity;

/// Counts round trips and capacity units since the last [`Meter::take`].
#[derive(Debug, Clone, Default)]
pub struct Meter(Arc<Counters>);

#[derive(Debug, Default)]
struct Counters {
    calls: AtomicU64,
    read_tenths: AtomicU64,
    write_tenths: AtomicU64,
}

/// What was counted.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Reading {
    /// Round trips, not counting retries inside the client.
    pub calls: u64,
    /// Read capacity units.
    pub read_units: f64,
    /// Write capacity units.
    pub write_units: f64,
}

impl Meter {
    /// The counts since the last time, which start again from nothing.
    #[must_use]
    pub fn take(&self) -> Reading {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52 tenths of a unit")]
        let units = |tenths: &AtomicU64| tenths.swap(0, Ordering::Relaxed) as f64 / 10.0;
        Reading {
            calls: self.0.calls.swap(0, Ordering::Relaxed),
            read_units: units(&self.0.read_tenths),
            write_units: units(&self.0.write_tenths),
        }
    }

    pub(crate) fn call(&self) {
        self.0.calls.fetch_add(1, Ordering::Relaxed);
    }

    pub(crate) fn read<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        add(&self.0.read_tenths, consumed);
    }

    pub(crate) fn write<'a>(&self, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
        add(&self.0.write_tenths, consumed);
    }
}

fn add<'a>(counter: &AtomicU64, consumed: impl IntoIterator<Item = &'a ConsumedCapacity>) {
    for capacity in consumed {
        let tenths = capacity.capacity_units().unwrap_or_default() * 10.0;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a small positive number"
        )]
        counter.fetch_add(tenths.round() as u64, Ordering::Relaxed);
    }
}
