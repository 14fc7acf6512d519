//! The lease of a zone: which process dispatches it.
//!
//! The zone's record is replaced only on condition of its version. A run takes the lease with a token and an end, and
//! releases it at the version that it wrote. Whoever wants a run meanwhile increments a counter in the record, so that the
//! release is refused and the run goes round again: no trigger is lost between the last load and the release.

use ::store::{Attempts, Commit, StoreError, Stored};
use contracts::Cause;
use kernel::SignedDuration;

use crate::app::App;
use crate::domain::cell::Zone;
use crate::domain::epoch::Trip;
use crate::store::{self, Figures, ZoneRecord};

/// How long a run may take before another may begin: several times what the slowest takes, and short enough that nobody
/// waits long for an offer after a crash.
const LEASE: SignedDuration = SignedDuration::from_secs(15);
/// Attempts to release a lease while others want another run.
const RELEASES_MAX: u32 = 5;

/// A zone's lease, taken.
#[derive(Debug)]
pub struct Lease {
    zone: Zone,
    token: String,
    held: Stored<ZoneRecord>,
}

/// The outcome of a release.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Released {
    /// Nobody runs the zone any more.
    Done,
    /// Somebody wanted another run meanwhile: the lease is still held.
    Wanted,
    /// It had ended, and is somebody else's.
    Lost,
}

impl Lease {
    /// Takes the lease; `None` if another process holds it, which then goes round again.
    ///
    /// # Errors
    /// When the table does not answer, or others are faster each time.
    pub async fn take(app: &App, cause: &Cause, zone: Zone) -> Result<Option<Self>, StoreError> {
        let mut attempts = Attempts::default();
        loop {
            let freshness = attempts.next().await?;
            let read: Option<Stored<ZoneRecord>> = app.table.get_fresh(&store::zone_key(zone), freshness).await?;
            let token = runtime::ids::random().simple().to_string();
            let mut next = read.as_ref().map_or_else(ZoneRecord::new, |read| read.value.clone());
            let is_taken = next.token.is_some() && next.until > cause.now;
            if is_taken {
                next.wanted = next.wanted.wrapping_add(1);
            } else {
                next.token = Some(token.clone());
                next.until = cause.now + LEASE;
                if next.to_be_listed(cause.now) {
                    next.listed_until = store::list_zone(&app.table, cause, zone).await?;
                }
            }
            if let Some(held) = replace(app, cause, zone, read.as_ref(), next).await? {
                return Ok((!is_taken).then_some(Self { zone, token, held }));
            }
        }
    }

    /// What the engine held at the end of the last epoch.
    #[must_use]
    pub fn plan(&self) -> Vec<Trip> {
        self.held.value.plan()
    }

    /// Keeps what the engine holds, for the release.
    pub fn keep(&mut self, plan: &[Trip], figures: Figures) {
        self.held.value.hold(plan);
        self.held.value.figures = figures;
    }

    /// Releases the lease and writes what was kept, unless another run is wanted.
    ///
    /// # Errors
    /// When the table does not answer.
    pub async fn release(&mut self, app: &App, cause: &Cause) -> Result<Released, StoreError> {
        let mut next = self.held.value.clone();
        next.token = None;
        if replace(app, cause, self.zone, Some(&self.held), next).await?.is_some() {
            return Ok(Released::Done);
        }
        let now: Option<Stored<ZoneRecord>> = app.table.get(&store::zone_key(self.zone)).await?;
        match now {
            Some(now) if now.value.token.as_ref() == Some(&self.token) => {
                let (plan, figures) = (self.plan(), self.held.value.figures);
                self.held = now;
                self.keep(&plan, figures);
                Ok(Released::Wanted)
            }
            Some(_) | None => Ok(Released::Lost),
        }
    }

    /// Releases the lease after a failure, if that is possible; else it ends by itself.
    pub async fn give_up(&mut self, app: &App, cause: &Cause) {
        for _ in 0..RELEASES_MAX {
            match self.release(app, cause).await {
                Ok(Released::Wanted) => {}
                Ok(Released::Done | Released::Lost) => return,
                Err(error) => {
                    tracing::warn!(%error, zone = %self.zone, "a lease is left to end by itself");
                    return;
                }
            }
        }
    }
}

/// Replaces a zone's record; `None` after a lost race.
async fn replace(
    app: &App,
    cause: &Cause,
    zone: Zone,
    read: Option<&Stored<ZoneRecord>>,
    next: ZoneRecord,
) -> Result<Option<Stored<ZoneRecord>>, StoreError> {
    let key = store::zone_key(zone);
    let commit = Commit::new(cause).also_write(&key, read, &next);
    let is_written = app.table.commit_if_current(commit).await?;
    Ok(is_written.then(|| Stored {
        value: next,
        version: read.map_or(0, |read| read.version) + 1,
        sequence: 0,
    }))
}
