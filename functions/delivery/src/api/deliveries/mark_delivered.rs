//! `POST /v1/deliveries/{delivery_id}/delivered`.

use ::store::Freshness;
use axum::extract::State;
use kernel::DeliveryId;
use runtime::{CallError, Json, Path, Principal, Problem, RequestCause};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::callers::carrier_of;
use crate::api::problems::unavailable;
use crate::api::shapes::{PhotoKey, Pin};
use crate::api::views::DeliveryView;
use crate::app::App;
use crate::domain::command::Command;
use crate::domain::event::Event;
use crate::domain::presence::presence;
use crate::domain::proof::{PHOTO_BYTES_MAX, PhotoId, Proof, begins_like_photo};
use crate::store::{self, Loaded};
use crate::usecase::advance_delivery::cause_for;
use crate::usecase::follow_up::advance_and_follow_up;

/// What shows that the food is the customer's: either the PIN or a photo.
#[derive(Deserialize, ToSchema)]
#[schema(min_properties = 1, max_properties = 1, example = json!({"pin": "0042"}))]
#[serde(deny_unknown_fields)]
pub struct HandOver {
    /// What the customer said.
    #[serde(default)]
    #[schema(value_type = Pin)]
    pin: Option<String>,
    /// The key of an uploaded photo.
    #[serde(default)]
    #[schema(value_type = PhotoKey)]
    photo_key: Option<String>,
}

/// Hand the food over
///
/// The customer sees the PIN while the courier is on the way; after five wrong ones it is locked. A photo of the food at the
/// door, uploaded before, is enough if the customer asked to leave it there, or if nobody opened during the waiting time,
/// which begins with `arrived-at-customer`; your reported positions have to show you at the door when you came and now. The
/// same hand-over again changes nothing.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/delivered", operation_id = "mark_delivered", tag = "deliveries",
    security(("token" = [])), request_body = HandOver, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 200, description = "Delivered", body = DeliveryView),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_; `pin_locked`; for a photo `not_at_customer`, `not_seen_at_the_door`, or `photo_not_enough` with _wait_until_ and _Retry-After_", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `pin_wrong` with _attempts_left_, `ambiguous`, `photo_unsuitable`, `photo_missing`", body = Problem),
))]
pub async fn mark_delivered(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(hand_over): Json<HandOver>,
) -> Result<Json<DeliveryView>, Problem> {
    let courier_id = carrier_of(&app, &principal, delivery_id).await?;
    let proof = match (&hand_over.pin, &hand_over.photo_key) {
        (Some(pin), None) => Proof::Pin(four_digits(pin)?),
        (None, Some(key)) => Proof::Photo(uploaded(&app, delivery_id, key).await?),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::invalid("", "ambiguous", "Send either `pin` or `photo_key`."));
        }
    };
    // The customer's PIN says that the food is there, wherever that is.
    let seen = match proof {
        Proof::Pin(_) => None,
        Proof::Photo(_) => store::whereabouts(&app.table, courier_id, Freshness::Latest).await?,
    };
    let command = |loaded: &Loaded| {
        let door = loaded.delivery.facts.drop_off.position;
        Some(Command::HandOver {
            courier_id,
            proof,
            presence: presence(seen.as_ref(), door, cause.now),
            door_wait: app.door_wait,
        })
    };
    let advanced = advance_and_follow_up(&app, &cause_for(&cause, delivery_id), delivery_id, &command).await?;
    for event in &advanced.events {
        if let Event::PinRefused { attempts_left, .. } = event {
            let problem = Problem::invalid("/pin", "pin_wrong", "This is not the customer's PIN.");
            return Err(problem.with("attempts_left", *attempts_left));
        }
    }
    Ok(Json(DeliveryView::new(delivery_id, &advanced.delivery)))
}

fn four_digits(pin: &str) -> Result<&str, Problem> {
    let valid = pin.len() == 4 && pin.bytes().all(|byte| byte.is_ascii_digit());
    let wrong = || Problem::invalid("/pin", "invalid", "The PIN has four digits.");
    valid.then_some(pin).ok_or_else(wrong)
}

/// The photo that a key names, if it is this delivery's and really there.
async fn uploaded(app: &App, delivery_id: DeliveryId, key: &str) -> Result<PhotoId, Problem> {
    let missing = || {
        Problem::invalid(
            "/photo_key",
            "photo_missing",
            "No such photo was uploaded for this delivery.",
        )
    };
    let photo = PhotoId::of_key(key, delivery_id).ok_or_else(missing)?;
    let stored = match app.photos.look(key).await {
        Ok(stored) => stored,
        Err(CallError::NotFound(_)) => return Err(missing()),
        Err(error) => return Err(unavailable(&error)),
    };
    // The link that was signed for it allows no other type and size; this is what was stored all the same.
    if begins_like_photo(&stored.content_type, &stored.head) && (1..=u64::from(PHOTO_BYTES_MAX)).contains(&stored.bytes)
    {
        Ok(photo)
    } else {
        let message = "This is no JPEG, PNG or WebP picture, or too large: upload another.";
        Err(Problem::invalid("/photo_key", "photo_unsuitable", message))
    }
}
