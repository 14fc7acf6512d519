//! `GET /v1/restaurants/{restaurant_id}/menu`

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use contracts::menu::Menu;
use http::header::{CACHE_CONTROL, ETAG, IF_NONE_MATCH};
use http::{HeaderMap, StatusCode};
use kernel::RestaurantId;
use runtime::{Json, Path, Problem, RequestCause};

use crate::api::shapes::{CacheControl, EntityTag, EntityTags};
use crate::app::App;
use crate::store::load_published_menu;
use crate::usecase;

/// How long a menu may be cached, in seconds; what sells out meanwhile is rejected when it is ordered.
const MAX_AGE_S: u32 = 30;

/// The published menu as it can be ordered from now: what is sold out is not available. It may be kept for half a minute; who
/// sends its `ETag` as `If-None-Match` afterwards gets it only if it has changed.
#[utoipa::path(
    get,
    path = "/v1/restaurants/{restaurant_id}/menu",
    tag = "menus",
    params(
        ("restaurant_id" = RestaurantId, Path, description = "The restaurant"),
        ("if-none-match" = inline(Option<EntityTags>), Header, description = "The `ETag` of the menu that is known"),
    ),
    responses(
        (status = 200, description = "The menu", body = Menu, headers(
            ("ETag" = inline(EntityTag), description = "Another one for another menu, and when something sells out or comes back"),
            ("Cache-Control" = inline(CacheControl), description = "How long it may be kept"),
        )),
        (status = 304, description = "The menu that is known is the current one"),
        (status = 404, description = "There is none, or the restaurant is not public", body = Problem),
    )
)]
pub async fn get_menu(
    State(app): State<App>,
    RequestCause(cause): RequestCause,
    Path(id): Path<RestaurantId>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let restaurant = usecase::read_public_restaurant(&app, id).await?;
    let published = restaurant.menu.as_ref().ok_or_else(Problem::not_found)?;
    let sold_out = ::store::digest(&restaurant.overrides.fingerprint(cause.now));
    let tag = format!("\"{}-{sold_out}\"", published.version);
    let kept = [
        (ETAG, tag.clone()),
        (CACHE_CONTROL, format!("public, max-age={MAX_AGE_S}")),
    ];
    if is_known(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, kept).into_response());
    }
    let menu = load_published_menu(&app.table, id, published.version).await?;
    let mut menu = menu.ok_or_else(Problem::not_found)?;
    restaurant.overrides.apply(&mut menu, cause.now);
    Ok((kept, Json(menu)).into_response())
}

/// Whether `If-None-Match` names a tag, weakly compared as RFC 9110 (13.1.2) wants it.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let mut named = headers
        .get_all(IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    named.any(|named| matches!(named.trim(), "*") || named.trim().trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_alone_in_a_list_weakly_or_by_a_star() {
        for (value, known) in [
            ("\"3-a\"", true),
            ("\"2-a\", W/\"3-a\"", true),
            ("*", true),
            ("\"3-b\"", false),
            ("3-a", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(IF_NONE_MATCH, value.parse().unwrap())]);
            assert_eq!(is_known(&headers, "\"3-a\""), known, "{value}");
        }
        assert!(!is_known(&HeaderMap::new(), "\"3-a\""));
    }
}
