//! An operator answers an application, or new papers.

use ::store::{Attempts, Commit, StoreError};
use contracts::Cause;
use kernel::CourierId;

use crate::app::App;
use crate::domain::courier::{Courier, CourierRejection};
use crate::store::{self, Documents};

/// What an operator makes of a courier and the papers that were handed in last; `None` if that changes nothing.
pub type Answer<'a> = dyn Fn(&Courier, Option<&Documents>) -> Result<Option<Courier>, CourierRejection> + Sync + 'a;

/// Why an answer was not noted.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// There is no such courier.
    #[error("there is no such courier")]
    Missing,
    /// The operator has seen other papers than those that wait for an answer.
    #[error("the papers were replaced: look at the latest, and name their `documents_version`")]
    DocumentsChanged {
        /// The version that waits for an answer.
        latest: u32,
    },
    /// A rule of couriers forbids it.
    #[error(transparent)]
    Rejected(#[from] CourierRejection),
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Notes an operator's answer, after which the papers wait for none. `seen_version` is the version of the papers that the
/// operator has seen; it may be `None` as long as they are the first. If the courier hands in others meanwhile, `answer` is
/// called again.
///
/// # Errors
/// See [`ReviewError`].
pub async fn review_courier(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    seen_version: Option<u32>,
    answer: &Answer<'_>,
) -> Result<Courier, ReviewError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let (courier, documents) = tokio::try_join!(
            store::courier(&app.table, courier_id),
            store::documents(&app.table, courier_id)
        )?;
        let (stored, courier) = courier.ok_or(ReviewError::Missing)?;
        check_seen(seen_version, documents.as_ref())?;
        let answered = answer(&courier, documents.as_ref())?;
        if answered.is_none() && !documents.is_some_and(|documents| documents.wait()) {
            return Ok(courier);
        }
        let answered = answered.unwrap_or(courier);
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &answered);
        let commit = store::looked_at(commit, courier_id);
        if app.table.commit_if_current(commit).await? {
            return Ok(answered);
        }
    }
}

fn check_seen(seen_version: Option<u32>, documents: Option<&Documents>) -> Result<(), ReviewError> {
    let Some(documents) = documents else {
        return Ok(());
    };
    let are_seen = seen_version.map_or(!documents.wait() || documents.are_first(), |version| {
        version == documents.edition
    });
    let latest = documents.edition;
    are_seen.then_some(()).ok_or(ReviewError::DocumentsChanged { latest })
}
