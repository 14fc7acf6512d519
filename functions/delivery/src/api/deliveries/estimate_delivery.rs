//! `POST /internal/delivery-estimates`.

use axum::extract::State;
use contracts::internal::{Estimate, EstimateRequest};
use contracts::order::Window;
use kernel::{ServedCurrency, delivery_fee};
use runtime::{InternalCaller, Json, Problem, RequestCause};

use crate::app::App;
use crate::domain::estimate::DISTANCE_MAX_M;
use crate::usecase::estimates::{About, first_eta};

/// Estimate a delivery (internal)
///
/// The fee is a base and a price for each further started kilometre along the way. The window is the estimate of arrival
/// of a courier with the usual vehicle, found in the usual time, from what was learned of the kitchen and the ways.
#[utoipa::path(post, path = "/internal/delivery-estimates", operation_id = "estimate_delivery", tag = "internal",
    request_body = EstimateRequest, responses(
    (status = 200, description = "What it would cost, and when it would arrive", body = Estimate),
    (status = 403, description = "`forbidden`: not signed by another service", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `too_far`, `currency_not_served`", body = Problem),
))]
pub async fn estimate_delivery(
    State(app): State<App>,
    _: InternalCaller,
    RequestCause(cause): RequestCause,
    Json(request): Json<EstimateRequest>,
) -> Result<Json<Estimate>, Problem> {
    let currency = ServedCurrency::try_from(request.currency)
        .map_err(|refused| Problem::invalid("/currency", "currency_not_served", refused.to_string()))?;
    let distance_m = request.pickup.way(request.drop_off);
    if distance_m > DISTANCE_MAX_M {
        let message = format!("Farther than {DISTANCE_MAX_M} m along the way.");
        return Err(Problem::invalid("/drop_off", "too_far", message));
    }
    let about = About {
        kitchen: request.restaurant_id,
        delivery_id: None,
        place: request.pickup,
    };
    let cooking = (cause.now, request.ready_at);
    let eta = first_eta(&app, about, request.drop_off, cooking, cause.now).await;
    Ok(Json(Estimate {
        fee: delivery_fee(distance_m, currency),
        distance_m,
        window: Window {
            from: eta.earliest,
            to: eta.latest,
        },
    }))
}
