//! `POST /v1/deliveries/{delivery_id}/photo-uploads`.

use std::time::Duration;

use axum::extract::State;
use http::StatusCode;
use kernel::{DeliveryId, Timestamp};
use runtime::{IF_NONE_MATCH, Json, Path, Principal, Problem, RequestCause};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::api::callers::carrier_of;
use crate::api::problems::unavailable;
use crate::api::shapes::{AnyTag, ContentLength, PhotoKey, PhotoType};
use crate::app::App;
use crate::domain::proof::{PHOTO_BYTES_MAX, PHOTO_TYPES, PhotoId, UPLOAD_LASTS};
use crate::domain::rejection::Rejection;
use crate::domain::transitions::{Phase, Verb};
use crate::store::{self, Found};

/// A photo that a courier means to upload.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PhotoAnnouncement {
    /// What it is.
    #[schema(value_type = PhotoType)]
    content_type: String,
    /// How large it is, in bytes: at most 4 MiB.
    #[schema(minimum = 1, maximum = 4_194_304, example = 284_113)]
    size_bytes: u32,
}

const _: () = assert!(PHOTO_BYTES_MAX == 4_194_304, "the schema above says so");

/// Where to upload it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PhotoUpload {
    /// `PUT` the photo there.
    #[schema(format = "uri", example = "https://photos.example/photos/0af76519?X-Amz-Expires=600")]
    upload_url: String,
    /// Send exactly these headers with it.
    headers: UploadHeaders,
    /// Name it so when the delivery is marked as delivered (`mark_delivered`).
    #[schema(value_type = PhotoKey)]
    photo_key: String,
    /// Until when the link holds.
    expires_at: Timestamp,
}

/// The headers of the upload.
#[derive(Debug, Serialize, ToSchema)]
pub struct UploadHeaders {
    /// As announced.
    #[serde(rename = "content-type")]
    #[schema(value_type = PhotoType)]
    content_type: String,
    /// As announced.
    #[serde(rename = "content-length")]
    #[schema(value_type = ContentLength)]
    content_length: String,
    /// `*`: a photo that was uploaded is never replaced.
    #[serde(rename = "if-none-match")]
    #[schema(value_type = AnyTag)]
    if_none_match: &'static str,
}

/// Upload a photo of the hand-over
///
/// Gives a link for one photo of exactly the announced type and size, which takes one and never another. Once it is uploaded,
/// `delivered` takes its key where a photo is enough: you were seen at the door, and the customer asked for the food to be left
/// there or nobody opened in time.
#[utoipa::path(post, path = "/v1/deliveries/{delivery_id}/photo-uploads", operation_id = "begin_photo_upload", tag = "deliveries",
    security(("token" = [])), request_body = PhotoAnnouncement, params(("delivery_id" = DeliveryId, Path, description = "The delivery")), responses(
    (status = 201, description = "Where to upload it", body = PhotoUpload),
    (status = 403, description = "`forbidden`: not a courier", body = Problem),
    (status = 404, description = "`not_found`: no delivery, or not yours", body = Problem),
    (status = 409, description = "`wrong_state`, with the current _state_: you do not carry it", body = Problem),
    (status = 422, description = "`invalid_body`. In _errors_: `unsupported`", body = Problem),
))]
pub async fn begin_photo_upload(
    State(app): State<App>,
    principal: Principal,
    RequestCause(cause): RequestCause,
    Path(delivery_id): Path<DeliveryId>,
    Json(photo): Json<PhotoAnnouncement>,
) -> Result<(StatusCode, Json<PhotoUpload>), Problem> {
    let courier_id = carrier_of(&app, &principal, delivery_id).await?;
    check(&photo)?;
    let Found::Delivery(loaded) = store::load(&app.table, delivery_id).await? else {
        return Err(Problem::not_found());
    };
    let state = &loaded.delivery.progress.state;
    if state.carrier() != Some(courier_id) {
        return Err(Problem::not_found());
    }
    let phase = state.phase();
    if !matches!(phase, Phase::PickedUp | Phase::AtCustomer) {
        let verb = Verb::HandOver;
        return Err(Rejection::WrongState { phase, verb }.into());
    }
    let photo_key = PhotoId(runtime::ids::random().as_u128()).key(delivery_id);
    let lasts = Duration::from_secs(UPLOAD_LASTS.as_secs().unsigned_abs());
    let upload_url = app
        .photos
        .upload_url(&photo_key, &photo.content_type, photo.size_bytes, lasts)
        .await
        .map_err(|error| unavailable(&error))?;
    let upload = PhotoUpload {
        upload_url,
        headers: UploadHeaders {
            content_length: photo.size_bytes.to_string(),
            content_type: photo.content_type,
            if_none_match: IF_NONE_MATCH,
        },
        photo_key,
        expires_at: cause.now + UPLOAD_LASTS,
    };
    Ok((StatusCode::CREATED, Json(upload)))
}

fn check(photo: &PhotoAnnouncement) -> Result<(), Problem> {
    if !PHOTO_TYPES.contains(&photo.content_type.as_str()) {
        let message = format!("One of {}.", PHOTO_TYPES.join(", "));
        return Err(Problem::invalid("/content_type", "unsupported", message));
    }
    if !(1..=PHOTO_BYTES_MAX).contains(&photo.size_bytes) {
        let message = format!("1 to {PHOTO_BYTES_MAX} bytes.");
        return Err(Problem::invalid("/size_bytes", "out_of_range", message));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn photos_have_a_type_and_a_size() {
        let pointer = |content_type: &str, size_bytes| {
            let photo = PhotoAnnouncement {
                content_type: content_type.to_owned(),
                size_bytes,
            };
            check(&photo).err().map(|problem| problem.errors()[0].pointer.clone())
        };
        assert_eq!(pointer("image/jpeg", 1), None);
        assert_eq!(pointer("image/webp", PHOTO_BYTES_MAX), None);
        assert_eq!(pointer("image/png", 0).as_deref(), Some("/size_bytes"));
        assert_eq!(
            pointer("image/png", PHOTO_BYTES_MAX + 1).as_deref(),
            Some("/size_bytes")
        );
        for content_type in ["image/svg+xml", "text/html", "", "IMAGE/PNG"] {
            assert_eq!(pointer(content_type, 1).as_deref(), Some("/content_type"));
        }
    }
}
