//! An operator's answer to an application, or to new papers.

use ::store::{Attempts, Commit};
use contracts::Cause;
use kernel::CourierId;
use runtime::Problem;
use serde::Deserialize;
use utoipa::ToSchema;

use super::refused;
use crate::app::App;
use crate::domain::courier::{Courier, Refusal};
use crate::store::{self, Documents};

/// What an operator makes of a courier and the papers that were handed in last; nothing if that changes nothing.
pub type Answer<'a> = dyn Fn(&Courier, Option<&Documents>) -> Result<Option<Courier>, Refusal> + Sync + 'a;

/// Which papers an operator has looked at.
#[derive(Debug, Clone, Copy, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LookedAt {
    /// As listed. May be left out as long as the papers are the first.
    #[serde(default)]
    #[schema(minimum = 1, example = 2)]
    pub documents_version: Option<u32>,
}

impl LookedAt {
    /// Others than those that wait for an answer were looked at: they were replaced meanwhile.
    fn check(self, documents: Option<&Documents>) -> Result<(), Problem> {
        let Some(documents) = documents else {
            return Ok(());
        };
        let named = self.documents_version;
        let are_seen = named.map_or(!documents.wait() || documents.are_first(), |named| {
            named == documents.edition
        });
        if are_seen {
            return Ok(());
        }
        let detail = "The papers were replaced: look at the latest, and name their `documents_version`.";
        Err(Problem::conflict("documents_changed", detail).with("documents_version", documents.edition))
    }
}

/// Gives an answer: nobody has to look at the papers then. Whoever hands in others meanwhile changes the courier's record, and
/// the answer is asked for again.
///
/// # Errors
/// When there is no such courier, other papers were looked at, the answer is not possible, or the table does not answer.
pub async fn review(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    looked_at: LookedAt,
    answer: &Answer<'_>,
) -> Result<Courier, Problem> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let (courier, documents) = tokio::try_join!(
            store::courier(&app.table, courier_id),
            store::documents(&app.table, courier_id)
        )?;
        let (stored, courier) = courier.ok_or_else(Problem::not_found)?;
        looked_at.check(documents.as_ref())?;
        let answered = answer(&courier, documents.as_ref()).map_err(refused)?;
        if answered.is_none() && !documents.is_some_and(|documents| documents.wait()) {
            return Ok(courier);
        }
        let answered = answered.unwrap_or(courier);
        let commit = store::replace_courier(Commit::new(cause), courier_id, &stored, &answered);
        if app
            .table
            .commit_if_current(store::looked_at(commit, courier_id))
            .await?
        {
            return Ok(answered);
        }
    }
}
