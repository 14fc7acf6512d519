//! A person applies as a courier, or a courier hands in new papers.

use ::store::{Attempts, Commit, StoreError};
use contracts::Cause;
use kernel::CourierId;

use crate::app::App;
use crate::domain::courier::{Courier, Duty};
use crate::store::{self, CourierRecord, DocumentRecord, Documents};

/// Why an application was not taken.
#[derive(Debug, thiserror::Error)]
pub enum ApplyError {
    /// The person is a courier who rides or works elsewhere.
    #[error("you are a courier already, with another vehicle or country")]
    Exists,
    /// The table failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Takes an application with its papers. The same application again changes nothing.
///
/// # Errors
/// See [`ApplyError`].
pub async fn apply_as_courier(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    applicant: Courier,
    papers: Vec<DocumentRecord>,
) -> Result<Courier, ApplyError> {
    let documents = Documents::applied(courier_id, applicant.vehicle, cause.now, papers);
    let commit = Commit::new(cause)
        .also_create(&store::courier_key(courier_id), &CourierRecord::from(&applicant))
        .also_put(&store::documents_key(courier_id), &documents);
    if app.table.commit_if_current(commit).await? {
        return Ok(applicant);
    }
    apply_again(app, cause, courier_id, applicant, &documents).await
}

/// Takes an application of somebody whose courier record exists. Rejected applicants may apply again, with other papers or
/// another vehicle; all others may hand in new papers. In both cases an operator has to look again.
async fn apply_again(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    applicant: Courier,
    documents: &Documents,
) -> Result<Courier, ApplyError> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, known)) = store::courier(&app.table, courier_id).await? else {
            continue;
        };
        let handed_in = store::documents(&app.table, courier_id).await?;
        let is_rejected_applicant = known.duty == Duty::Pending && known.rejected.is_some();
        let becomes = if is_rejected_applicant {
            applicant.clone()
        } else {
            if (known.vehicle, known.country) != (applicant.vehicle, applicant.country) {
                return Err(ApplyError::Exists);
            }
            let are_known = handed_in.as_ref().is_some_and(|known| known.papers == documents.papers);
            if documents.papers.is_empty() || are_known {
                return Ok(known);
            }
            Courier {
                rejected: None,
                ..known
            }
        };
        let replacing = documents.clone().replacing(handed_in.as_ref());
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &becomes)
            .also_put(&store::documents_key(courier_id), &replacing);
        if app.table.commit_if_current(commit).await? {
            return Ok(becomes);
        }
    }
}
