//! An operator judges who is at fault for food that was not handed over.

use ::store::Commit;
use contracts::Cause;
use kernel::{DeliveryId, UserId};

use crate::app::App;
use crate::domain::Fault;
use crate::domain::command::Command;
use crate::domain::incident::{IncidentKind, Reporter};
use crate::store::{self, Found, Incident, IncidentItem};
use crate::usecase::advance_delivery::{AdvanceError, Advanced, cause_for};
use crate::usecase::close_delivery::{ClosedBy, close_delivery};

/// Judges a failure, and keeps the operator's note among the delivery's incidents.
///
/// # Errors
/// When there is nothing to judge; see also [`AdvanceError`].
pub async fn judge_failure(
    app: &App,
    cause: &Cause,
    operator: UserId,
    delivery_id: DeliveryId,
    fault: Fault,
    note: Option<String>,
) -> Result<Advanced, AdvanceError> {
    // The note comes first: of a judgement that stands, the reason is known. The key makes a repetition the same note.
    if let Some(note) = note
        && let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await?
        && let Some(review) = loaded.delivery.progress.review
    {
        let incident = Incident {
            kind: IncidentKind::Other,
            note,
            by: Reporter::Operator,
            user_id: operator,
            at: cause.now,
        };
        let key = store::incident_key(delivery_id, review.reported_at, &"judgement");
        let commit = Commit::new(&cause_for(cause, delivery_id)).also_put(&key, &IncidentItem::from(incident));
        app.table.commit(commit).await.map_err(::store::StoreError::from)?;
    }
    let command = |_, _: &_| Command::Judge { fault };
    close_delivery(app, cause, delivery_id, ClosedBy::Operator, &command).await
}
