//! `POST /v1/couriers`.

use ::store::{Attempts, Commit};
use axum::extract::State;
use contracts::Cause;
use http::StatusCode;
use kernel::{Country, CourierId, Line, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::courier_of;
use super::shapes::VehicleName;
use super::shapes::{REFERENCE_LENGTH_MAX, Reference};
use super::views::CourierView;
use crate::app::App;
use crate::domain::Vehicle;
use crate::domain::courier::{Courier, Duty};
use crate::store::{self, CourierRecord, DocumentRecord, Documents};

/// Papers that one courier hands in.
const DOCUMENTS_MAX: usize = 10;

/// Somebody who wants to be a courier.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// What the courier will ride.
    #[schema(value_type = VehicleName)]
    vehicle: Vehicle,
    /// Where the courier will work, whose limits of working time hold: ISO 3166-1 alpha-2. Without it, the general ones do.
    #[serde(default)]
    country: Option<Country>,
    /// What an operator should look at: at most 10.
    #[serde(default)]
    #[schema(max_items = 10)]
    documents: Vec<Document>,
}

const _: () = assert!(DOCUMENTS_MAX == 10, "the schema above says so");

/// A paper, by reference.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// What it is.
    kind: DocumentKind,
    /// Its number, or where it is kept.
    #[schema(value_type = Reference)]
    reference: Line<REFERENCE_LENGTH_MAX>,
    /// Until when it holds; with one that has expired, no shift starts.
    #[serde(default)]
    #[schema(example = "2031-05-31T00:00:00Z")]
    valid_until: Option<Timestamp>,
}

/// What a paper is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentKind {
    /// A passport or an identity card.
    Identity,
    /// A driving licence.
    DrivingLicence,
    /// Proof of insurance.
    Insurance,
    /// A permit to work.
    WorkPermit,
    /// Anything else.
    Other,
}

impl DocumentKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::DrivingLicence => "driving_licence",
            Self::Insurance => "insurance",
            Self::WorkPermit => "work_permit",
            Self::Other => "other",
        }
    }
}

/// Apply as a courier
///
/// The courier's id is made from the user's, so there is one courier a person, and the same application again gets the
/// same answer. Whoever was rejected may apply again, and a courier hands in new papers so: until an operator has seen them,
/// those that were approved hold.
#[utoipa::path(post, path = "/v1/couriers", operation_id = "apply_as_courier", tag = "couriers",
    security(("token" = [])), request_body = Application, responses(
    (status = 201, description = "Applied; an operator will look", body = CourierView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 409, description = "`courier_exists`: with another vehicle or country", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `too_many`", body = Problem),
))]
pub async fn apply_as_courier(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(application): Json<Application>,
) -> Result<(StatusCode, Json<CourierView>), Problem> {
    let courier_id = courier_of(&principal)?;
    if application.documents.len() > DOCUMENTS_MAX {
        return Err(Problem::invalid(
            "/documents",
            "too_many",
            format!("At most {DOCUMENTS_MAX}."),
        ));
    }
    let courier = create(&app, &cause, courier_id, application).await?;
    Ok((StatusCode::CREATED, Json(CourierView::new(courier_id, &courier))))
}

async fn create(app: &App, cause: &Cause, courier_id: CourierId, application: Application) -> Result<Courier, Problem> {
    let courier = Courier {
        country: application.country,
        ..Courier::apply(application.vehicle)
    };
    let record = CourierRecord::from(&courier);
    let papers = application.documents.into_iter().map(|document| DocumentRecord {
        kind: document.kind.as_str().to_owned(),
        reference: document.reference.into(),
        valid_until: document.valid_until,
    });
    let documents = Documents::applied(courier_id, courier.vehicle, cause.now, papers.collect());
    let key = store::courier_key(courier_id);
    let commit = Commit::new(cause)
        .also_create(&key, &record)
        .also_put(&store::documents_key(courier_id), &documents);
    if app.table.commit_if_current(commit).await? {
        return Ok(courier);
    }
    again(app, cause, courier_id, courier, &documents).await
}

/// Who was rejected may apply again, with other papers or another vehicle, and whoever has new papers hands them in: an
/// operator looks again.
async fn again(
    app: &App,
    cause: &Cause,
    courier_id: CourierId,
    wanted: Courier,
    documents: &Documents,
) -> Result<Courier, Problem> {
    let mut attempts = Attempts::default();
    loop {
        attempts.next().await?;
        let Some((stored, known)) = store::courier(&app.table, courier_id).await? else {
            continue;
        };
        let handed_in = store::documents(&app.table, courier_id).await?;
        let is_refused_applicant = known.duty == Duty::Pending && known.rejected.is_some();
        let becomes = if is_refused_applicant {
            wanted.clone()
        } else {
            // Others hand in papers, as often as they like; what they are stays.
            same(&known, &wanted)?;
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

/// A courier rides and works as before.
fn same(known: &Courier, wanted: &Courier) -> Result<(), Problem> {
    if (known.vehicle, known.country) == (wanted.vehicle, wanted.country) {
        return Ok(());
    }
    let detail = "You are a courier already, with another vehicle or country.";
    Err(Problem::conflict("courier_exists", detail))
}
