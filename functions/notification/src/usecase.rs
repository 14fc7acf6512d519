//! What the service does, step by step: each file is one use case, read top-down.

pub mod announce_offer;
pub mod change_roles;
pub mod contacts;
pub mod handle_order_event;
pub mod keep_staff;
pub mod list_notifications;
pub mod live;
pub mod mark_notification_read;
pub mod record_outcome;
pub mod send_notice;
pub mod unsubscribe;
pub mod withhold;
