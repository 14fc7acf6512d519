//! `POST /v1/couriers/me/locations`.

use axum::extract::State;
use http::StatusCode;
use kernel::{Position, Timestamp};
use runtime::{Json, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, SchemaType};
use utoipa::openapi::{ObjectBuilder, Ref, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::api::callers::at_work;
use crate::app::App;
use crate::domain::track::{Batch, Disbelief, Dropped, POINTS_MAX, Point};
use crate::domain::whereabouts::Followed;
use crate::usecase::couriers::report_locations as usecase;

/// Where a courier was, point by point. A point that cannot be used is dropped, and the rest is taken.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Report {
    /// 1 to 100 points, oldest first; in any other order they are put into it.
    #[schema(value_type = Vec<AnyPoint>, min_items = 1, max_items = 100)]
    points: Vec<Box<RawValue>>,
    /// When the device sends this, by its own clock, set anew whenever it is sent again: with it the clock may be up to a day
    /// wrong, and what was stored for a while keeps its age. What is no timestamp counts as missing.
    #[serde(default)]
    #[schema(value_type = Option<serde_json::Value>, example = "2026-11-20T18:30:00Z")]
    sent_at: Option<Box<RawValue>>,
}

const _: () = assert!(POINTS_MAX == 100, "the schema above says so");

/// A measured point. What else a device says of it is ignored.
#[derive(Debug, ToSchema)]
#[expect(
    dead_code,
    reason = "describes what is read field by field, so that one odd field drops one point"
)]
pub struct ReportedPoint {
    /// When it was measured, by the device's clock.
    #[schema(example = "2026-11-20T18:30:00Z")]
    at: Timestamp,
    /// Where.
    position: Position,
    /// The radius within which the truth lies, in metres; negative or null: unknown.
    #[schema(example = 12.5)]
    accuracy_m: Option<f64>,
    /// How fast the courier moves, in metres a second; negative or null: unknown.
    #[schema(example = 4.2)]
    speed_mps: Option<f64>,
    /// Where to, in degrees clockwise from north; negative or null: unknown.
    #[schema(example = 270.0)]
    heading_deg: Option<f64>,
}

/// What should be a point. Anything is taken, and what is no point is dropped.
struct AnyPoint;

impl PartialSchema for AnyPoint {
    fn schema() -> RefOr<Schema> {
        let anything = ObjectBuilder::new()
            .schema_type(SchemaType::AnyValue)
            .additional_properties(Some(AdditionalProperties::FreeForm(true)));
        AnyOfBuilder::new()
            .item(Ref::from_schema_name(ReportedPoint::name()))
            .item(anything)
            .description(Some("A point. Anything else is dropped."))
            .into()
    }
}

impl ToSchema for AnyPoint {
    fn schemas(schemas: &mut Vec<(String, RefOr<Schema>)>) {
        schemas.push((ReportedPoint::name().into_owned(), ReportedPoint::schema()));
        ReportedPoint::schemas(schemas);
    }
}

/// What became of a report.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReportOutcome {
    /// Points that were believed.
    accepted: usize,
    /// Points that were not: there is no use in sending them again.
    dropped: usize,
    /// Each of those, in the order of the report.
    drops: Vec<DroppedPoint>,
    /// How far the device's clock is ahead, in milliseconds, as far as is known; negative: behind.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_ahead_ms: Option<i64>,
}

/// A point that was dropped.
#[derive(Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DroppedPoint {
    /// Its place in the report, from 0.
    index: usize,
    /// What is wrong, as a JSON pointer.
    #[schema(format = "json-pointer", example = "/points/0/at")]
    pointer: String,
    /// Why.
    reason: DropReason,
}

/// Why a point is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DropReason {
    /// It is no point, or a field is missing or of the wrong type.
    Malformed,
    /// It is not on Earth.
    OutOfRange,
    /// It is accurate to more than 150 m.
    Inaccurate,
    /// It is more than 5 s later than now, its clock corrected.
    InFuture,
    /// It is older than 30 minutes, its clock corrected.
    TooOld,
    /// It is not newer than what is known: said before, or overtaken by a later report.
    Older,
    /// Nobody gets so far in the time since the point before.
    Unreachable,
}

impl From<Disbelief> for DropReason {
    fn from(why: Disbelief) -> Self {
        match why {
            Disbelief::InFuture => Self::InFuture,
            Disbelief::TooOld => Self::TooOld,
            Disbelief::Inaccurate => Self::Inaccurate,
            Disbelief::Older => Self::Older,
            Disbelief::Unreachable => Self::Unreachable,
        }
    }
}

impl From<&Dropped> for DroppedPoint {
    fn from(Dropped { index, why }: &Dropped) -> Self {
        let field = match why {
            Disbelief::InFuture | Disbelief::TooOld | Disbelief::Older => "/at",
            Disbelief::Inaccurate => "/accuracy_m",
            Disbelief::Unreachable => "/position",
        };
        Self::new(*index, field, (*why).into())
    }
}

impl DroppedPoint {
    fn new(index: usize, field: &str, reason: DropReason) -> Self {
        let pointer = format!("/points/{index}{field}");
        Self { index, pointer, reason }
    }
}

impl ReportOutcome {
    /// What became of the readable points, and of the others.
    fn new(taken: &Followed, mut drops: Vec<DroppedPoint>) -> Self {
        drops.extend(taken.dropped.iter().map(DroppedPoint::from));
        drops.sort_by_key(|drop| drop.index);
        let ahead = taken.whereabouts.clock.ahead;
        Self {
            accepted: taken.accepted,
            dropped: drops.len(),
            drops,
            clock_ahead_ms: ahead.and_then(|ahead| i64::try_from(ahead.as_millis()).ok()),
        }
    }
}

/// Report where you are
///
/// Only on shift, and at most 12 times a minute: put what was measured meanwhile into one report. Each point is judged for
/// itself, and the answer says which were dropped and why. The latest believable point is kept, and a thinned trail for a
/// day. Whoever waits for your food sees where you are, only the neighbourhood before you have fetched it, and nobody else
/// does.
#[utoipa::path(post, path = "/v1/couriers/me/locations", operation_id = "report_locations", tag = "couriers",
    security(("token" = [])), request_body = Report, responses(
    (status = 202, description = "Taken", body = ReportOutcome),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 409, description = "`off_shift`", body = Problem),
    (status = 422, description = "`invalid_body`: no list of points, none in it, or too many", body = Problem),
    (status = 429, description = "`too_many_reports`, with _Retry-After_", body = Problem),
))]
pub async fn report_locations(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Json(report): Json<Report>,
) -> Result<(StatusCode, Json<ReportOutcome>), Problem> {
    let courier_id = at_work(&app, &principal).await?;
    let (points, drops) = points(&report)?;
    let sent_at = report.sent_at.and_then(|text| serde_json::from_str(text.get()).ok());
    let batch = Batch::of_device(points, sent_at, cause.now);
    let taken = usecase::report_locations(&app, &cause, courier_id, &batch).await?;
    Ok((StatusCode::ACCEPTED, Json(ReportOutcome::new(&taken, drops))))
}

/// The readable points of a report, and the others.
fn points(report: &Report) -> Result<(Vec<Point>, Vec<DroppedPoint>), Problem> {
    if !(1..=POINTS_MAX).contains(&report.points.len()) {
        let message = format!("Send 1 to {POINTS_MAX} points.");
        return Err(Problem::invalid("/points", "out_of_range", message));
    }
    let mut points = Vec::with_capacity(report.points.len());
    let mut drops = Vec::new();
    for (index, text) in report.points.iter().enumerate() {
        match point(index, text.get()) {
            Ok(point) => points.push(point),
            Err((field, reason)) => drops.push(DroppedPoint::new(index, field, reason)),
        }
    }
    Ok((points, drops))
}

/// One point, or the field that is wrong and how.
fn point(index: usize, text: &str) -> Result<Point, (&'static str, DropReason)> {
    let malformed = |field| (field, DropReason::Malformed);
    let value: Value = serde_json::from_str(text).map_err(|_| malformed(""))?;
    let fields = value.as_object().ok_or(malformed(""))?;
    let at = fields.get("at").and_then(Value::as_str).and_then(|at| at.parse().ok());
    let at = at.ok_or(malformed("/at"))?;
    let place = fields.get("position").and_then(Value::as_object);
    let place = place.ok_or(malformed("/position"))?;
    let degrees = |name, field, most: f64| {
        let degrees = place.get(name).and_then(Value::as_f64).ok_or(malformed(field))?;
        (-most..=most)
            .contains(&degrees)
            .then_some(degrees)
            .ok_or((field, DropReason::OutOfRange))
    };
    let lat = degrees("lat", "/position/lat", 90.0)?;
    let lng = degrees("lng", "/position/lng", 180.0)?;
    let position = Position::new(lat, lng).map_err(|_| ("/position", DropReason::OutOfRange))?;
    let optional = |name, field| match fields.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let number = value.as_f64().ok_or(malformed(field))?;
            Ok(Some(number).filter(|number| *number >= 0.0))
        }
    };
    let accuracy_m = optional("accuracy_m", "/accuracy_m")?;
    optional("speed_mps", "/speed_mps")?;
    optional("heading_deg", "/heading_deg")?;
    Ok(Point {
        index,
        at,
        position,
        accuracy_m,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(points: &[String]) -> Report {
        serde_json::from_str(&format!(r#"{{"points": [{}]}}"#, points.join(","))).unwrap()
    }

    fn at(time: &str, more: &str) -> String {
        format!(r#"{{"at": "2026-11-20T{time}Z", "position": {{"lat": 52.37, "lng": 4.89}}{more}}}"#)
    }

    #[test]
    fn only_what_is_no_list_of_points_is_refused() {
        for points_count in [0, POINTS_MAX + 1] {
            let problem = points(&report(&vec![at("11:59:00", ""); points_count])).unwrap_err();
            assert_eq!(problem.status(), 422);
            assert_eq!(problem.errors()[0].pointer, "/points");
        }
        assert_eq!(
            points(&report(&vec![at("11:59:00", ""); POINTS_MAX])).unwrap().0.len(),
            POINTS_MAX
        );
        for body in [
            r#"{"points": {}}"#,
            r#"{"points": null}"#,
            "{}",
            "[]",
            r#"{"points": 3}"#,
        ] {
            assert!(serde_json::from_str::<Report>(body).is_err(), "{body}");
        }
    }

    #[test]
    fn each_odd_point_is_dropped_for_itself() {
        use DropReason::{Malformed, OutOfRange};
        let deep = format!("{}{}", "[".repeat(300), "]".repeat(300));
        let odd = [
            ("null", "", Malformed),
            ("7", "", Malformed),
            ("[]", "", Malformed),
            (deep.as_str(), "", Malformed),
            (r#"{"at": 1e400}"#, "", Malformed),
            (r#"{"position": {"lat": 1, "lng": 2}}"#, "/at", Malformed),
            (
                r#"{"at": 1795176000, "position": {"lat": 1, "lng": 2}}"#,
                "/at",
                Malformed,
            ),
            (r#"{"at": "noon", "position": {"lat": 1, "lng": 2}}"#, "/at", Malformed),
            (r#"{"at": "2026-11-20T12:00:00Z"}"#, "/position", Malformed),
            (
                r#"{"at": "2026-11-20T12:00:00Z", "position": [1, 2]}"#,
                "/position",
                Malformed,
            ),
            (
                r#"{"at": "2026-11-20T12:00:00Z", "position": {"lat": "1", "lng": 2}}"#,
                "/position/lat",
                Malformed,
            ),
            (
                r#"{"at": "2026-11-20T12:00:00Z", "position": {"lat": 91, "lng": 2}}"#,
                "/position/lat",
                OutOfRange,
            ),
            (
                r#"{"at": "2026-11-20T12:00:00Z", "position": {"lat": 1, "lng": -180.1}}"#,
                "/position/lng",
                OutOfRange,
            ),
        ];
        let mut texts = vec![at("11:59:00", "")];
        texts.extend(odd.iter().map(|(text, ..)| (*text).to_owned()));
        texts.push(at("11:59:30", ""));
        let (points, drops) = points(&report(&texts)).unwrap();
        let indexes: Vec<_> = points.iter().map(|point| point.index).collect();
        assert_eq!(indexes, [0, odd.len() + 1]);
        for (number, ((text, field, reason), drop)) in odd.iter().zip(&drops).enumerate() {
            assert_eq!(*drop, DroppedPoint::new(number + 1, field, *reason), "{text}");
        }
        assert_eq!(drops.len(), odd.len());
    }

    #[test]
    fn what_a_device_does_not_know_drops_nothing() {
        for field in ["accuracy_m", "speed_mps", "heading_deg"] {
            for value in ["-1", "-1.0", "null", "1e9"] {
                let more = format!(r#", "{field}": {value}, "altitude": 3"#);
                let (points, drops) = points(&report(&[at("11:59:30", &more)])).unwrap();
                assert_eq!((points.len(), drops), (1, vec![]), "{more}");
                let accuracy_m = (field == "accuracy_m" && value == "1e9").then_some(1e9);
                assert_eq!(points[0].accuracy_m, accuracy_m);
            }
            let more = format!(r#", "{field}": "fast""#);
            let (_, drops) = points(&report(&[at("11:59:30", &more)])).unwrap();
            assert_eq!(
                drops,
                [DroppedPoint::new(0, &format!("/{field}"), DropReason::Malformed)]
            );
        }
    }
}
