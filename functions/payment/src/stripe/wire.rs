//! The shapes of Stripe's answers, and what they say in the words of the rules. Fields that are not needed are ignored.

use std::collections::HashMap;

use kernel::{Currency, Money, PaymentId, SignedDuration, Timestamp};
use serde::Deserialize;

use super::Failure;
use crate::domain::{IntentId, IntentStatus, NextAction, VoidReason};

/// The field of a new intent that holds the payment's id.
pub const PAYMENT_ID_FIELD: &str = "metadata[payment_id]";
const PAYMENT_ID: &str = "payment_id";
/// How long a card's reservation holds if the charge does not say: the shortest that Stripe names for payments that
/// the customer is present for.
const RESERVATION_LASTS: SignedDuration = SignedDuration::from_hours(7 * 24);

/// A customer.
#[derive(Debug, Deserialize)]
pub struct Customer {
    /// Stripe's id.
    pub id: String,
}

/// An answer of which nothing is needed.
#[derive(Debug, Deserialize)]
pub struct Anything {}

/// A page of a list.
#[derive(Debug, Deserialize)]
pub struct List<T> {
    /// The objects.
    pub data: Vec<T>,
    /// Whether there are more after them.
    #[serde(default)]
    pub has_more: bool,
}

/// A payment method.
#[derive(Debug, Deserialize)]
pub struct Method {
    id: String,
    card: Option<MethodCard>,
}

#[derive(Debug, Deserialize)]
struct MethodCard {
    brand: String,
    last4: String,
    exp_month: u8,
    exp_year: u16,
}

/// A card as it was saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedCard {
    /// Stripe's id of it, which need not be the token.
    pub provider_method: String,
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
    /// 1 to 12.
    pub exp_month: u8,
    /// Such as 2030.
    pub exp_year: u16,
}

impl Method {
    /// The card, if it is one.
    ///
    /// # Errors
    /// When it is another means of payment, which this service does not take.
    pub fn into_card(self) -> Result<SavedCard, Failure> {
        let card = self.card.ok_or_else(|| Failure::Declined {
            code: "card_required".to_owned(),
        })?;
        Ok(SavedCard {
            provider_method: self.id,
            brand: card.brand,
            last4: card.last4,
            exp_month: card.exp_month,
            exp_year: card.exp_year,
        })
    }
}

/// A payment intent.
#[derive(Debug, Deserialize)]
pub struct Intent {
    /// Stripe's id.
    pub id: String,
    status: String,
    amount: i64,
    currency: String,
    created: i64,
    amount_received: Option<i64>,
    client_secret: Option<String>,
    cancellation_reason: Option<String>,
    next_action: Option<Action>,
    last_payment_error: Option<PaymentError>,
    latest_charge: Option<LatestCharge>,
    #[serde(default)]
    metadata: HashMap<String, String>,
}

#[derive(Debug, Deserialize)]
struct Action {
    redirect_to_url: Option<Redirect>,
}

#[derive(Debug, Deserialize)]
struct Redirect {
    url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct PaymentError {
    code: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum LatestCharge {
    Expanded(Box<Charge>),
    #[expect(
        dead_code,
        reason = "the id of a charge that was not expanded says nothing that is needed"
    )]
    Id(String),
}

#[derive(Debug, Deserialize)]
struct Charge {
    created: i64,
    amount: i64,
    amount_captured: Option<i64>,
    #[serde(default)]
    amount_refunded: i64,
    payment_method_details: Option<MethodDetails>,
}

#[derive(Debug, Deserialize)]
struct MethodDetails {
    card: Option<CardDetails>,
}

#[derive(Debug, Deserialize)]
struct CardDetails {
    capture_before: Option<i64>,
}

impl Intent {
    /// The id in the rules' words.
    #[must_use]
    pub fn intent_id(&self) -> IntentId {
        IntentId::new(&self.id)
    }

    /// The payment that it is for, if it is one of ours.
    #[must_use]
    pub fn payment_id(&self) -> Option<PaymentId> {
        self.metadata.get(PAYMENT_ID)?.parse().ok()
    }

    /// Why it was cancelled, as far as Stripe knows: by itself when the reservation lapsed.
    #[must_use]
    pub fn lapsed(&self) -> Option<VoidReason> {
        let lapsed = self.cancellation_reason.as_deref() == Some("automatic");
        lapsed.then_some(VoidReason::AuthorizationExpired)
    }

    /// How it stands.
    ///
    /// # Errors
    /// When Stripe says something that this service does not know.
    pub fn intent_status(&self) -> Result<IntentStatus, Failure> {
        Ok(match self.status.as_str() {
            "requires_confirmation" => IntentStatus::Unconfirmed,
            "processing" => IntentStatus::Processing,
            "requires_action" => IntentStatus::NeedsAction(self.action()?),
            "requires_capture" => IntentStatus::Reserved {
                amount: self.money(self.amount)?,
                expires_at: self.expires_at()?,
            },
            "succeeded" => IntentStatus::Captured {
                amount: self.money(self.captured())?,
            },
            "requires_payment_method" => {
                let code = self.last_payment_error.as_ref().and_then(|error| error.code.clone());
                IntentStatus::Failed {
                    reason: code.unwrap_or_else(|| "payment_method_missing".to_owned()),
                }
            }
            "canceled" => IntentStatus::Canceled,
            other => return Err(unknown(&format!("status {other}"))),
        })
    }

    fn money(&self, amount: i64) -> Result<Money, Failure> {
        let currency = self.currency.to_ascii_uppercase().parse::<Currency>();
        let currency = currency.map_err(|_| unknown(&format!("currency {}", self.currency)))?;
        Money::from_charge_amount(amount, currency).map_err(|error| unknown(&error.to_string()))
    }

    fn charge(&self) -> Option<&Charge> {
        match self.latest_charge.as_ref()? {
            LatestCharge::Expanded(charge) => Some(charge),
            LatestCharge::Id(_) => None,
        }
    }

    /// localstripe tells neither the intent's nor the charge's captured amount, but gives back what was not captured.
    fn captured(&self) -> i64 {
        let by_charge = |charge: &Charge| charge.amount_captured.unwrap_or(charge.amount - charge.amount_refunded);
        self.amount_received
            .or_else(|| self.charge().map(by_charge))
            .unwrap_or(self.amount)
    }

    fn expires_at(&self) -> Result<Timestamp, Failure> {
        let charge = self.charge();
        let told = charge
            .and_then(|charge| charge.payment_method_details.as_ref()?.card.as_ref()?.capture_before)
            .map(Timestamp::from_second);
        let since = Timestamp::from_second(charge.map_or(self.created, |charge| charge.created));
        let expires_at = told.unwrap_or_else(|| since.and_then(|since| since.checked_add(RESERVATION_LASTS)));
        expires_at.map_err(|_| unknown("an instant"))
    }

    fn action(&self) -> Result<NextAction, Failure> {
        let action = self.next_action.as_ref();
        let redirect = action.and_then(|action| action.redirect_to_url.as_ref()?.url.clone());
        match (redirect, &self.client_secret) {
            (Some(url), _) => Ok(NextAction::Redirect { url }),
            (None, Some(client_secret)) => Ok(NextAction::ProviderSdk {
                client_secret: client_secret.clone(),
            }),
            (None, None) => Err(unknown("a next action")),
        }
    }
}

/// An answer that only a change of the code can deal with; until then it is looked at again and again.
fn unknown(what: &str) -> Failure {
    Failure::Unavailable(format!("the provider's answer is not understood: {what}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn intent(changes: &Value) -> Intent {
        let mut all = json!({
            "id": "pi_1", "object": "payment_intent", "status": "requires_capture", "amount": 2890, "currency": "eur",
            "created": 1_763_836_200, "client_secret": "pi_1_secret_x", "latest_charge": null, "next_action": null,
            "metadata": {"payment_id": "pay_01jd8v4q6nf2x9m3k7p0zr5t1c"}
        });
        for (name, value) in changes.as_object().unwrap() {
            all[name] = value.clone();
        }
        serde_json::from_value(all).unwrap()
    }

    fn eur(amount: i64) -> Money {
        Money::new(amount, Currency::EUR)
    }

    #[test]
    fn reads_how_an_intent_stands() {
        let at = |second| Timestamp::from_second(second).unwrap();
        let week = RESERVATION_LASTS;
        let reserved = |expires_at| IntentStatus::Reserved {
            amount: eur(2890),
            expires_at,
        };
        let captured = |amount| IntentStatus::Captured { amount: eur(amount) };
        let failed = |code: &str| IntentStatus::Failed {
            reason: code.to_owned(),
        };
        for (changes, status) in [
            (json!({"status": "requires_confirmation"}), IntentStatus::Unconfirmed),
            (json!({"status": "processing"}), IntentStatus::Processing),
            (json!({"status": "canceled"}), IntentStatus::Canceled),
            (json!({}), reserved(at(1_763_836_200) + week)),
            (json!({"latest_charge": "ch_1"}), reserved(at(1_763_836_200) + week)),
            (
                json!({"latest_charge": {"created": 1_763_836_300, "amount": 2890}}),
                reserved(at(1_763_836_300) + week),
            ),
            (
                json!({"latest_charge": {"created": 1_763_836_300, "amount": 2890,
                    "payment_method_details": {"card": {"capture_before": 1_764_268_200}}}}),
                reserved(at(1_764_268_200)),
            ),
            (json!({"status": "succeeded", "amount_received": 500}), captured(500)),
            (
                json!({"status": "succeeded", "latest_charge": {"created": 1, "amount": 2890, "amount_refunded": 2390}}),
                captured(500),
            ),
            (
                json!({"status": "succeeded", "latest_charge": {"created": 1, "amount": 2890, "amount_captured": 700}}),
                captured(700),
            ),
            (json!({"status": "succeeded"}), captured(2890)),
            (
                json!({"status": "requires_payment_method", "last_payment_error": {"code": "card_declined"}}),
                failed("card_declined"),
            ),
            (
                json!({"status": "requires_payment_method"}),
                failed("payment_method_missing"),
            ),
            (
                json!({"status": "requires_action", "next_action": {"type": "redirect_to_url",
                    "redirect_to_url": {"url": "https://bank.example/3ds", "return_url": "https://x"}}}),
                IntentStatus::NeedsAction(NextAction::Redirect {
                    url: "https://bank.example/3ds".to_owned(),
                }),
            ),
            (
                json!({"status": "requires_action", "next_action": {"type": "use_stripe_sdk", "use_stripe_sdk": {}}}),
                IntentStatus::NeedsAction(NextAction::ProviderSdk {
                    client_secret: "pi_1_secret_x".to_owned(),
                }),
            ),
        ] {
            assert_eq!(intent(&changes).intent_status(), Ok(status), "{changes}");
        }
    }

    #[test]
    fn does_not_guess_what_it_does_not_know() {
        for changes in [
            json!({"status": "requires_luck"}),
            json!({"currency": "zzz"}),
            json!({"status": "requires_action", "client_secret": null}),
        ] {
            let status = intent(&changes).intent_status();
            assert!(matches!(status, Err(Failure::Unavailable(_))), "{changes}: {status:?}");
        }
    }

    #[test]
    fn knows_its_own() {
        assert!(intent(&json!({})).payment_id().is_some());
        assert_eq!(intent(&json!({"metadata": {}})).payment_id(), None);
        assert_eq!(
            intent(&json!({"metadata": {"payment_id": "order-7"}})).payment_id(),
            None
        );
        let lapsed = intent(&json!({"cancellation_reason": "automatic"}));
        assert_eq!(lapsed.lapsed(), Some(VoidReason::AuthorizationExpired));
        assert_eq!(intent(&json!({"cancellation_reason": null})).lapsed(), None);
    }
}
