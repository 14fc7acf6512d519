//! The HTTP operations: a folder for each resource, a file for each operation, named as the operation.

mod addresses;
mod auth;
mod docs_index;
mod internal;
mod me;
mod operators;
mod phones;
mod problems;
mod schemas;
mod shapes;
mod views;

use axum::Router;
use axum::routing::get;
use runtime::openapi::Register;
use runtime::routes;
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use self::addresses::{add_address, get_address, list_addresses, remove_address, replace_address};
use self::auth::{
    answer_challenge, confirm_sign_up, refresh_tokens, request_password_reset, resend_code, reset_password, sign_in,
    sign_out, sign_up,
};
use self::internal::{get_contact, get_delivery_address};
use self::me::{
    begin_totp, change_me, get_me, get_preferences, remove_totp, replace_preferences, send_phone_code, verify_phone,
    verify_totp,
};
use self::operators::{get_user, reinstate_user, replace_roles, suspend_user};
use crate::app::App;

/// The committed description of the public API.
const OPENAPI: &str = include_str!("../openapi.json");

/// All routes.
pub fn router(app: App) -> Router {
    let router = operations(Router::new())
        .route("/internal/users/{user_id}/contact", get(get_contact::get_contact))
        .route(
            "/internal/users/{user_id}/addresses/{address_id}",
            get(get_delivery_address::get_delivery_address),
        )
        .route("/v1/docs", get(docs_index::docs_index))
        .with_state(app);
    runtime::docs::docs(router, "user", OPENAPI)
}

/// What describes the API. Calls between services are described by their contracts.
#[cfg(test)]
fn document() -> OpenApi {
    let document = runtime::openapi::document(
        "Tiffin user API",
        "Sign-up and sign-in, the signed-in person's profile, preferences and addresses, and roles.",
        &[
            ("auth", "Signing up, in and out, and lost passwords."),
            (
                "users",
                "The signed-in person: profile, phone, second factor and preferences.",
            ),
            ("addresses", "Where the signed-in person has orders brought to."),
            ("operators", "What operators do with accounts."),
        ],
    );
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

/// The operations for apps.
fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(sign_up::sign_up))
        .routes(routes!(confirm_sign_up::confirm_sign_up))
        .routes(routes!(resend_code::resend_code))
        .routes(routes!(sign_in::sign_in))
        .routes(routes!(answer_challenge::answer_challenge))
        .routes(routes!(refresh_tokens::refresh_tokens))
        .routes(routes!(sign_out::sign_out))
        .routes(routes!(request_password_reset::request_password_reset))
        .routes(routes!(reset_password::reset_password))
        .routes(routes!(get_me::get_me, change_me::change_me))
        .routes(routes!(
            get_preferences::get_preferences,
            replace_preferences::replace_preferences
        ))
        .routes(routes!(list_addresses::list_addresses, add_address::add_address))
        .routes(routes!(
            get_address::get_address,
            replace_address::replace_address,
            remove_address::remove_address
        ))
        .routes(routes!(begin_totp::begin_totp, remove_totp::remove_totp))
        .routes(routes!(verify_totp::verify_totp))
        .routes(routes!(get_user::get_user))
        .routes(routes!(replace_roles::replace_roles))
        .routes(routes!(suspend_user::suspend_user))
        .routes(routes!(reinstate_user::reinstate_user))
        .routes(routes!(send_phone_code::send_phone_code))
        .routes(routes!(verify_phone::verify_phone))
}

#[cfg(test)]
mod tests;
