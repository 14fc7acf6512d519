//! The public API: the in-app inbox, unsubscribe links, and tickets for live connections.

mod issue_live_ticket;
mod list_notifications;
mod mark_notification_read;
mod pages;
mod problems;
mod shapes;
mod show_unsubscribe_page;
mod unsubscribe;
mod views;

use axum::Router;
use runtime::openapi::Register;
use runtime::routes;
#[cfg(test)]
use utoipa::openapi::OpenApi;
#[cfg(test)]
use utoipa_axum::router::OpenApiRouter;

use crate::app::App;

/// The routes, and the page that describes them.
pub fn router(app: App) -> Router {
    let router = operations(Router::new()).with_state(app);
    runtime::docs::docs(router, "notification", include_str!("../openapi.json"))
}

/// The operations.
fn operations<R: Register<App>>(register: R) -> R {
    register
        .routes(routes!(list_notifications::list_notifications))
        .routes(routes!(mark_notification_read::mark_notification_read))
        .routes(routes!(
            show_unsubscribe_page::show_unsubscribe_page,
            unsubscribe::unsubscribe
        ))
        .routes(routes!(issue_live_ticket::issue_live_ticket))
}

/// What describes the API.
#[cfg(test)]
fn document() -> OpenApi {
    let document = runtime::openapi::document(
        "Tiffin notification API",
        "The in-app inbox, unsubscribe links, and tickets for the live connection. Connect to the ticket's URL with \
         `?ticket=`, then send `{\"action\": \"subscribe\", \"topic\": \"order:<order id>\"}`. What else is sent and told on it is \
         described by the AsyncAPI document beside this one, `functions/notification/asyncapi.json`. A connection lives two hours \
         at most; after a reconnection, read the present state over HTTP.",
        &[
            ("notifications", "The inbox, and the way out of mails."),
            ("live", "Tickets for the live connection."),
        ],
    );
    operations(OpenApiRouter::with_openapi(document)).into_openapi()
}

#[cfg(test)]
mod tests;
