//! The HTTP operations: a folder for each resource, a file for each operation, named as the operation.

mod callers;
mod couriers;
mod deliveries;
mod incidents;
mod offers;
mod problems;
mod shapes;
mod shifts;
mod views;
mod zones;

use axum::Router;
use runtime::openapi::Register;
use runtime::routes;
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use self::couriers::{
    apply_as_courier, approve_courier, get_courier, get_courier_trail, get_route, list_applicants, reinstate_courier,
    reject_courier, report_locations, suspend_courier,
};
use self::deliveries::{
    begin_photo_upload, estimate_delivery, judge_failure, list_failure_reviews, mark_arrived_at_customer,
    mark_arrived_at_restaurant, mark_delivered, mark_failed, mark_picked_up, mark_returned, track_delivery,
    unassign_courier,
};
use self::incidents::{list_incidents, report_incident};
use self::offers::{accept_offer, decline_offer, list_offers};
use self::shifts::{cancel_shift, end_shift, list_shifts, plan_shift, resume_shift, start_shift, take_break};
use self::zones::{find_zones, get_zone_board};
use crate::app::App;

/// The service's operations and its documentation.
pub fn router(app: App) -> Router {
    let router = operations(Router::new()).with_state(app);
    runtime::docs::docs(router, "delivery", include_str!("../openapi.json"))
}

/// What describes the API.
#[cfg(test)]
fn document() -> OpenApi {
    let document = runtime::openapi::document(
        "Tiffin delivery API",
        "Couriers, offers and the way of a meal to its customer.",
        &[
            ("couriers", "Applying as a courier, shifts, positions and routes."),
            ("offers", "What a courier is asked to bring."),
            ("deliveries", "The way of an order to its customer."),
            ("zones", "Where dispatch plans, as operators see it."),
            ("internal", "What other services ask."),
        ],
    );
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

/// The operations.
fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(apply_as_courier::apply_as_courier))
        .routes(routes!(list_applicants::list_applicants))
        .routes(routes!(approve_courier::approve_courier))
        .routes(routes!(reject_courier::reject_courier))
        .routes(routes!(suspend_courier::suspend_courier))
        .routes(routes!(reinstate_courier::reinstate_courier))
        .routes(routes!(plan_shift::plan_shift))
        .routes(routes!(list_shifts::list_shifts))
        .routes(routes!(cancel_shift::cancel_shift))
        .routes(routes!(start_shift::start_shift))
        .routes(routes!(end_shift::end_shift))
        .routes(routes!(take_break::take_break))
        .routes(routes!(resume_shift::resume_shift))
        .routes(routes!(get_courier::get_courier))
        .routes(routes!(report_locations::report_locations))
        .routes(routes!(get_courier_trail::get_courier_trail))
        .routes(routes!(list_offers::list_offers))
        .routes(routes!(accept_offer::accept_offer))
        .routes(routes!(decline_offer::decline_offer))
        .routes(routes!(get_route::get_route))
        .routes(routes!(mark_arrived_at_restaurant::mark_arrived_at_restaurant))
        .routes(routes!(mark_picked_up::mark_picked_up))
        .routes(routes!(mark_arrived_at_customer::mark_arrived_at_customer))
        .routes(routes!(mark_delivered::mark_delivered))
        .routes(routes!(mark_failed::mark_failed))
        .routes(routes!(list_failure_reviews::list_failure_reviews))
        .routes(routes!(judge_failure::judge_failure))
        .routes(routes!(unassign_courier::unassign_courier))
        .routes(routes!(mark_returned::mark_returned))
        .routes(routes!(begin_photo_upload::begin_photo_upload))
        .routes(routes!(report_incident::report_incident))
        .routes(routes!(list_incidents::list_incidents))
        .routes(routes!(find_zones::find_zones))
        .routes(routes!(get_zone_board::get_zone_board))
        .routes(routes!(track_delivery::track_delivery))
        .routes(routes!(estimate_delivery::estimate_delivery))
}

#[cfg(test)]
mod tests;
