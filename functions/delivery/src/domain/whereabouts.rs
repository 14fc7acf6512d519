//! All that is kept of where a courier on shift is, and what a report makes of it.

use kernel::{Meters, Timestamp};

use super::clock::Clock;
use super::pace::{Pace, TooOften};
use super::track::{Batch, Dropped, Sighting, sift};
use super::trail::stretch;

/// Where a courier on shift is, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Whereabouts {
    /// The latest sighting.
    pub latest: Sighting,
    /// Within how many metres of it the truth lies.
    pub accuracy_m: Meters,
    /// The last one that the trail keeps; `None` before the device has reported anything.
    pub trail_end: Option<Sighting>,
    /// How often reports come.
    pub pace: Pace,
    /// When the device was last heard of, by our clock, whatever it said: silence is nothing else.
    pub heard_at: Timestamp,
    /// How far the device's clock is ahead.
    pub clock: Clock,
}

/// What a report made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Followed {
    /// The whereabouts now.
    pub whereabouts: Whereabouts,
    /// Points that were believed.
    pub accepted: usize,
    /// Points that were not, and why.
    pub dropped: Vec<Dropped>,
    /// What the trail gets.
    pub stretch: Vec<Sighting>,
    /// True if whoever waits for the courier should hear of it.
    pub tell: bool,
}

impl Whereabouts {
    /// Where a shift starts.
    #[must_use]
    pub fn starting(latest: Sighting, now: Timestamp) -> Self {
        Self {
            clock: Clock::default(),
            latest,
            accuracy_m: 0,
            trail_end: None,
            pace: Pace::starting(now),
            heard_at: now,
        }
    }

    /// Takes a report. Every report counts, whatever it is worth: else a device could send worthless ones for ever.
    ///
    /// # Errors
    /// When the reports of this minute are used up.
    pub fn follow(&self, batch: &Batch, has_job: bool, now: Timestamp) -> Result<Followed, TooOften> {
        let pace = self.pace.report(now)?;
        let clock = self.clock.hear(batch.stamp, now.duration_since(self.heard_at), now);
        let offsets = batch.offsets(self.clock, clock);
        // A sighting of a later version of the clock than ours would hide the courier until then.
        let latest = Sighting {
            at: self.latest.at.min(now),
            ..self.latest
        };
        let sifted = sift(latest, &batch.points, &offsets, now);
        let stretch = stretch(self.trail_end, &sifted.believed);
        let tell = has_job && !sifted.believed.is_empty() && pace.may_tell(now);
        Ok(Followed {
            whereabouts: Self {
                latest: sifted.latest,
                accuracy_m: sifted.accuracy_m.unwrap_or(self.accuracy_m),
                trail_end: stretch.last().copied().or(self.trail_end),
                pace: Pace {
                    told_at: if tell { Some(now) } else { pace.told_at },
                    ..pace
                },
                heard_at: now,
                clock,
            },
            accepted: sifted.believed.len(),
            dropped: sifted.dropped,
            stretch,
            tell,
        })
    }
}

#[cfg(test)]
mod tests;
