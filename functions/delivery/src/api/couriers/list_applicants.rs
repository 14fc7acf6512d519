//! `GET /v1/couriers`.

use axum::extract::State;
use kernel::{CourierId, Role, Timestamp};
use runtime::{Json, Listing, Paging, Principal, Problem, Query};
use serde::Serialize;
use utoipa::ToSchema;

use super::apply_as_courier::DocumentKind;
use crate::api::shapes::Reference;
use crate::api::shapes::VehicleName;
use crate::app::App;
use crate::domain::Vehicle;
use crate::store::{self, Documents};

/// Somebody whom an operator has to look at.
#[derive(Serialize, ToSchema)]
pub struct Applicant {
    /// Who.
    courier_id: CourierId,
    /// What the applicant wants to ride.
    #[schema(value_type = VehicleName)]
    vehicle: Vehicle,
    /// Since when.
    applied_at: Timestamp,
    /// The papers.
    documents: Vec<HandedIn>,
    /// Which papers these are: name it in the answer.
    documents_version: u32,
}

/// A paper, by reference.
#[derive(Serialize, ToSchema)]
pub struct HandedIn {
    /// What it is.
    #[schema(value_type = DocumentKind)]
    kind: String,
    /// Its number, or where it is kept.
    #[schema(value_type = Reference)]
    reference: String,
    /// Until when it holds.
    #[serde(skip_serializing_if = "Option::is_none")]
    valid_until: Option<Timestamp>,
}

/// List those who want to be couriers
///
/// Those who wait for an approval or a rejection, the longest waiting first.
#[utoipa::path(get, path = "/v1/couriers", operation_id = "list_applicants", tag = "couriers",
    security(("token" = [])), params(Paging), responses(
    (status = 200, description = "The applicants", body = Listing<Applicant>),
    (status = 400, description = "`invalid_query` or `invalid_cursor`", body = Problem),
    (status = 403, description = "`forbidden`: not an operator", body = Problem),
))]
pub async fn list_applicants(
    State(app): State<App>,
    principal: Principal,
    Query(paging): Query<Paging>,
) -> Result<Json<Listing<Applicant>>, Problem> {
    principal.require(Role::Operator)?;
    let query = store::applicants(paging.limit()?).after_cursor(&app.cursor_key, paging.cursor.as_deref())?;
    let page = app.table.query::<Documents>(&query).await?;
    let next_cursor = query.cursor(&app.cursor_key, &page);
    let applicant = |stored: ::store::Stored<Documents>| Applicant {
        courier_id: stored.value.courier_id,
        vehicle: stored.value.vehicle,
        applied_at: stored.value.applied_at,
        documents_version: stored.value.edition,
        documents: stored
            .value
            .papers
            .into_iter()
            .map(|document| HandedIn {
                kind: document.kind,
                reference: document.reference,
                valid_until: document.valid_until,
            })
            .collect(),
    };
    let items = page.items.into_iter().map(applicant).collect();
    Ok(Json(Listing { items, next_cursor }))
}
