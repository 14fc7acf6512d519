//! Mails: a text in a plain and an HTML dress. The templates escape whatever they are given.

use askama::Template;
use kernel::OrderId;

use super::{BRAND, Text};
use crate::domain::Mail;

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    brand: &'a str,
    name: &'a str,
    text: &'a Text,
    order: Option<String>,
    unsubscribe: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "mail.txt", escape = "none")]
struct Plain<'a> {
    brand: &'a str,
    name: &'a str,
    text: &'a Text,
    order: Option<String>,
    unsubscribe: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "unsubscribe.html")]
struct Unsubscribe<'a> {
    brand: &'a str,
    category: String,
    token: &'a str,
}

#[derive(Template)]
#[template(path = "expired.html")]
struct Expired<'a> {
    brand: &'a str,
}

#[derive(Template)]
#[template(path = "unsubscribed.html")]
struct Unsubscribed<'a> {
    brand: &'a str,
    category: String,
}

/// Dresses a text as a mail to somebody. `unsubscribe` is the link that ends mails of this category, where one may.
///
/// # Errors
/// When a template cannot be filled, which a test rules out.
pub fn mail(text: &Text, name: &str, order: Option<OrderId>, unsubscribe: Option<&str>) -> Result<Mail, askama::Error> {
    let brand = BRAND;
    let order = order.map(|order_id| order_id.to_string());
    // A line break in a subject would begin another header.
    let subject = text.title.replace(['\r', '\n'], " ");
    let html = Html {
        brand,
        name,
        text,
        order: order.clone(),
        unsubscribe,
    }
    .render()?;
    let plain = Plain {
        brand,
        name,
        text,
        order,
        unsubscribe,
    }
    .render()?;
    Ok(Mail { subject, plain, html })
}

/// The page that an unsubscribe link opens: one button, which posts the link's token.
///
/// # Errors
/// When the template cannot be filled, which a test rules out.
pub fn unsubscribe_page(category: &str, token: &str) -> Result<String, askama::Error> {
    let category = category.replace('_', " ");
    let brand = BRAND;
    Unsubscribe { brand, category, token }.render()
}

/// The page of a link that is too old.
///
/// # Errors
/// When the template cannot be filled, which a test rules out.
pub fn expired_page() -> Result<String, askama::Error> {
    Expired { brand: BRAND }.render()
}

/// The page after its button.
///
/// # Errors
/// When the template cannot be filled, which a test rules out.
pub fn unsubscribed_page(category: &str) -> Result<String, askama::Error> {
    let category = category.replace('_', " ");
    Unsubscribed { brand: BRAND, category }.render()
}
