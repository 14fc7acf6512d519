//! `POST /v1/couriers/me/locations`.

use axum::extract::State;
use http::StatusCode;
use kernel::{Position, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{at_work, refused, sentence};
use crate::app::App;
use crate::domain::courier::Refusal;
use crate::domain::track::{POINTS_MAX, Point, first_misplaced};
use crate::tracking::{self, Untaken};

/// Where a courier was, point by point.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// 1 to 100 points, oldest first.
    #[schema(min_items = 1, max_items = 100)]
    points: Vec<ReportedPoint>,
}

/// A measured point.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReportedPoint {
    /// When it was measured.
    at: Timestamp,
    /// Where.
    position: Position,
    /// The radius within which the truth lies, in metres.
    #[schema(minimum = 0, maximum = 100_000)]
    accuracy_m: Option<f64>,
    /// How fast the courier moves, in metres a second.
    #[schema(minimum = 0, maximum = 200)]
    speed_mps: Option<f64>,
    /// Where to, in degrees clockwise from north.
    #[schema(minimum = 0, maximum = 360)]
    heading_deg: Option<f64>,
}

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportOutcome {
    /// Points that were believed.
    accepted: usize,
    /// Points that were not: older than what is known, too vague, or too far from the one before.
    dropped: usize,
}

/// Report where you are
///
/// Only on shift, and at most 12 times a minute: put what was measured meanwhile into one report. The latest believable
/// point is kept, and a thinned trail for a day. Whoever waits for your food sees where you are, only the neighbourhood
/// before you have fetched it, and nobody else does.
#[utoipa::path(post, path = "/v1/couriers/me/locations", operation_id = "report_locations", tag = "couriers",
    security(("token" = [])), request_body = Report, responses(
    (status = 202, description = "Taken", body = ReportOutcome),
    (status = 400, description = "`malformed_json`", body = Problem, content_type = "application/problem+json"),
    (status = 401, description = "`unauthorized`", body = Problem, content_type = "application/problem+json"),
    (status = 403, description = "`forbidden`: not a courier", body = Problem, content_type = "application/problem+json"),
    (status = 409, description = "`off_shift`", body = Problem, content_type = "application/problem+json"),
    (status = 422, description = "`invalid_body`: no point or too many, out of range, out of order, or from the future", body = Problem, content_type = "application/problem+json"),
    (status = 429, description = "`too_many_reports`, with `Retry-After`", body = Problem, content_type = "application/problem+json",
        headers(("Retry-After" = u32, description = "Seconds until it may be tried again"))),
))]
pub async fn report_locations(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(report): Json<Report>,
) -> Result<(StatusCode, Json<ReportOutcome>), Problem> {
    let courier_id = at_work(&app, &principal).await?;
    let points = points(&report, cause.now)?;
    let taken = tracking::take(&app, &cause, courier_id, &points)
        .await
        .map_err(untaken)?;
    let outcome = ReportOutcome {
        accepted: taken.accepted,
        dropped: taken.dropped,
    };
    Ok((StatusCode::ACCEPTED, Json(outcome)))
}

fn untaken(untaken: Untaken) -> Problem {
    match untaken {
        Untaken::OffShift => refused(Refusal::OffShift),
        Untaken::TooOften(too_often) => {
            let problem = Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_reports", sentence(&too_often));
            problem.retry_after(too_often.retry_after_seconds)
        }
        Untaken::Store(error) => error.into(),
    }
}

/// The report as points, or what is wrong with it.
fn points(report: &Report, now: Timestamp) -> Result<Vec<Point>, Problem> {
    if !(1..=POINTS_MAX).contains(&report.points.len()) {
        let message = format!("Send 1 to {POINTS_MAX} points.");
        return Err(Problem::invalid("/points", "out_of_range", message));
    }
    for (index, point) in report.points.iter().enumerate() {
        for (name, value, most) in [
            ("accuracy_m", point.accuracy_m, 100_000.0),
            ("speed_mps", point.speed_mps, 200.0),
            ("heading_deg", point.heading_deg, 360.0),
        ] {
            if value.is_some_and(|value| !(0.0..=most).contains(&value)) {
                let pointer = format!("/points/{index}/{name}");
                return Err(Problem::invalid(
                    &pointer,
                    "out_of_range",
                    format!("Must be 0 to {most}."),
                ));
            }
        }
    }
    let points: Vec<Point> = report
        .points
        .iter()
        .map(|point| Point {
            at: point.at,
            position: point.position,
            accuracy_m: point.accuracy_m,
        })
        .collect();
    match first_misplaced(&points, now) {
        None => Ok(points),
        Some(index) => {
            let message = "Points must be oldest first, and none from the future.";
            Err(Problem::invalid(
                &format!("/points/{index}/at"),
                "out_of_order",
                message,
            ))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::NOON;

    fn refused_at(body: &str) -> String {
        let report: Report = serde_json::from_str(body).unwrap();
        let problem = points(&report, NOON).unwrap_err();
        assert_eq!(problem.status(), 422);
        problem.errors()[0].pointer.clone()
    }

    fn point(at: &str, more: &str) -> String {
        format!(r#"{{"at": "2026-11-20T{at}Z", "position": {{"lat": 52.37, "lng": 4.89}}{more}}}"#)
    }

    #[test]
    fn says_which_point_is_wrong() {
        let report = |points: &[String]| format!(r#"{{"points": [{}]}}"#, points.join(","));
        let good = point("11:59:00", "");
        assert_eq!(refused_at(&report(&[])), "/points");
        assert_eq!(refused_at(&report(&vec![good.clone(); 101])), "/points");
        assert_eq!(
            refused_at(&report(&[good.clone(), point("11:58:59", "")])),
            "/points/1/at"
        );
        assert_eq!(refused_at(&report(&[point("12:03:00", "")])), "/points/0/at");
        for field in ["accuracy_m", "speed_mps", "heading_deg"] {
            for value in ["-1", "1e9"] {
                let wrong = point("11:59:30", &format!(r#", "{field}": {value}"#));
                let pointer = format!("/points/1/{field}");
                assert_eq!(refused_at(&report(&[good.clone(), wrong])), pointer);
            }
        }
    }
}
