//! `POST /v1/couriers`.

use axum::extract::State;
use http::StatusCode;
use kernel::{Country, Line, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::callers::courier_of;
use crate::api::shapes::VehicleName;
use crate::api::shapes::{REFERENCE_LENGTH_MAX, Reference};
use crate::api::views::CourierView;
use crate::app::App;
use crate::domain::Vehicle;
use crate::domain::courier::Courier;
use crate::store::DocumentRecord;
use crate::usecase::couriers as usecase;

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
    let applicant = Courier {
        country: application.country,
        ..Courier::apply(application.vehicle)
    };
    let papers = application.documents.into_iter().map(|document| DocumentRecord {
        kind: document.kind.as_str().to_owned(),
        reference: document.reference.into(),
        valid_until: document.valid_until,
    });
    let courier = usecase::apply_as_courier::apply_as_courier(&app, &cause, courier_id, applicant, papers.collect());
    Ok((StatusCode::CREATED, Json(CourierView::new(courier_id, &courier.await?))))
}
