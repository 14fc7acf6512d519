//! Trying a change again while others change the same thing: the only place that knows how often, and after which pauses.

use std::time::Duration;

use crate::{Freshness, StoreError};

/// How often a change is tried before the caller hears that others are faster: enough for a crowd that orders from one
/// kitchen or answers one offer, whose transactions also cancel each other.
const ATTEMPTS_MAX: u32 = 8;
/// The longest pause before the third attempt. It doubles with each further one.
const FIRST_PAUSE_MS_MAX: u32 = 30;
/// The longest pause before any attempt.
const PAUSE_MS_MAX: u32 = 320;

/// The attempts of one change: read, decide and commit until nobody else was faster.
///
/// ```no_run
/// # use store::{Attempts, Commit, CommitError, Freshness, Key, Stored, Table};
/// # async fn example(table: Table, key: Key, cause: contracts::Cause) -> Result<u32, CommitError> {
/// let mut attempts = Attempts::default();
/// loop {
///     let freshness = attempts.next().await?;
///     let Some(read) = table.get_fresh::<u32>(&key, freshness).await? else {
///         // Never refuse on an eventually consistent read: read again first.
///         if freshness == Freshness::Recent { continue }
///         return Ok(0);
///     };
///     let next = read.value + 1;
///     if table.commit_if_current(Commit::new(&cause).also_replace(&key, &read, &next)).await? {
///         return Ok(next);
///     }
/// }
/// # }
/// ```
///
/// It is a counter and not a function that takes a closure, so that an attempt can borrow mutably, return early and use
/// `?`, and so that the compiler still sees that the whole may move between threads.
#[derive(Debug, Default)]
pub struct Attempts {
    made: u32,
}

impl Attempts {
    /// Begins the next attempt and says how fresh it should read: [`Freshness::Recent`] the first time, which the commit's
    /// conditions make safe, and [`Freshness::Latest`] from then on. The second attempt begins at once, because the first
    /// nearly always failed for what it read; later ones wait for a random time (exponential backoff with full jitter).
    ///
    /// # Errors
    /// [`StoreError::Contended`] when it was tried often enough.
    pub async fn next(&mut self) -> Result<Freshness, StoreError> {
        if self.made == ATTEMPTS_MAX {
            return Err(StoreError::Contended(ATTEMPTS_MAX));
        }
        if self.made >= 2 {
            let longest = longest_pause_ms(self.made);
            tokio::time::sleep(Duration::from_millis(random_below(longest))).await;
        }
        self.made += 1;
        Ok(if self.made == 1 {
            Freshness::Recent
        } else {
            Freshness::Latest
        })
    }
}

/// The longest pause after so many attempts, at least two.
const fn longest_pause_ms(made: u32) -> u32 {
    let longest = FIRST_PAUSE_MS_MAX << (made - 2);
    if longest < PAUSE_MS_MAX { longest } else { PAUSE_MS_MAX }
}

#[expect(clippy::disallowed_methods, reason = "jitter of a pause, which no result depends on")]
fn random_below(bound: u32) -> u64 {
    uuid::Uuid::new_v4().as_u64_pair().1 % u64::from(bound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_first_attempt_reads_cheaply_and_the_last_is_the_eighth() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.next().await.unwrap(), Freshness::Recent);
        assert_eq!(attempts.next().await.unwrap(), Freshness::Latest);
        for _ in 2..ATTEMPTS_MAX {
            assert_eq!(attempts.next().await.unwrap(), Freshness::Latest);
        }
        assert!(matches!(
            attempts.next().await,
            Err(StoreError::Contended(ATTEMPTS_MAX))
        ));
    }

    #[test]
    fn pauses_double_until_they_are_long_enough() {
        let longest: Vec<u32> = (2..ATTEMPTS_MAX).map(longest_pause_ms).collect();
        assert_eq!(longest, [30, 60, 120, 240, 320, 320]);
    }
}
