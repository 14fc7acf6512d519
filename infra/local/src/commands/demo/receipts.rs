//! What people get in the end: receipts, mails and text messages.

use client::{Api, Aws};
use serde_json::Value;

use crate::failure::Outcome;
use crate::seed::list;
use crate::ui::say;

/// How many receipts and messages are shown.
const SHOWN_MAX: usize = 3;
const MESSAGES_MAX: usize = 12;

/// The messages that somebody has got before, so that only later ones are shown.
pub struct Mailbox {
    email: String,
    phone: String,
    mails: usize,
    texts: usize,
}

impl Mailbox {
    /// The messages that somebody has got until now.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn of(aws: &Aws, person: &Value) -> Outcome<Self> {
        let text = |field: &str| person[field].as_str().unwrap_or_default().to_owned();
        let (email, phone) = (text("email"), text("phone"));
        Ok(Self {
            mails: aws.mails_to(&email)?.len(),
            texts: aws.texts_to(&phone)?.len(),
            email,
            phone,
        })
    }

    /// Prints what came since.
    ///
    /// # Errors
    /// When the emulator does not answer.
    pub fn print_new(&self, aws: &Aws) -> Outcome {
        let mails = aws.mails_to(&self.email)?;
        let subjects = mails.iter().skip(self.mails);
        let subjects = subjects.map(|mail| mail.subject.clone());
        print_some(&format!("Mails to {}", self.email), &subjects.collect::<Vec<_>>());
        let texts = aws.texts_to(&self.phone)?;
        print_some(
            &format!("Text messages to {}", self.phone),
            &texts[self.texts.min(texts.len())..],
        );
        Ok(())
    }
}

fn print_some(title: &str, lines: &[String]) {
    say(format!("\n{title}:"));
    for line in lines.iter().take(MESSAGES_MAX) {
        say(format!("  {line}"));
    }
    if let Some(more) = lines.len().checked_sub(MESSAGES_MAX).filter(|more| *more > 0) {
        say(format!("  and {more} more"));
    }
}

/// Prints the receipts of the first few orders of a customer.
///
/// # Errors
/// When the API refuses.
pub fn print_receipts(customer: &Api, order_ids: &[&str]) -> Outcome {
    let some = order_ids.iter().take(SHOWN_MAX);
    some.into_iter()
        .try_for_each(|order_id| print_receipt(customer, order_id))
}

fn print_receipt(customer: &Api, order_id: &str) -> Outcome {
    let order = customer.get(&format!("/v1/orders/{order_id}"))?;
    let payment = customer.get(&format!("/v1/orders/{order_id}/payment"))?;
    say(format!("\nReceipt of {order_id}"));
    for line in list(&order["lines"]) {
        let name = line["name"].as_str().unwrap_or_default();
        say(format!(
            "  {:>3} × {name:<28} {:>12}",
            line["quantity"],
            money(&line["total"])
        ));
    }
    for (field, label) in [
        ("delivery_fee", "Delivery"),
        ("service_fee", "Service"),
        ("small_order_fee", "Small order"),
        ("discount", "Discount"),
        ("tip", "Tip"),
        ("total", "Total"),
    ] {
        if order[field]["amount"].as_i64().is_some_and(|amount| amount != 0) {
            say(format!("        {label:<28} {:>12}", money(&order[field])));
        }
    }
    let state = payment["state"].as_str().unwrap_or_default();
    say(format!(
        "        {:<28} {:>12}",
        format!("Card, {state}"),
        money(&payment["captured"])
    ));
    Ok(())
}

/// An amount for people: `12.90 EUR`.
fn money(value: &Value) -> String {
    let amount = value["amount"].as_i64().unwrap_or_default();
    let currency = value["currency"].as_str().unwrap_or_default();
    format!("{}.{:02} {currency}", amount / 100, amount.abs() % 100)
}
