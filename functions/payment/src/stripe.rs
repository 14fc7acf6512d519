//! A small client of Stripe's API: what this service asks of it and nothing else.
//!
//! Every call has a time limit, and after a lost reply the provider is asked again and nothing is assumed. Creations carry an `Idempotency-Key`, and an
//! intent can be found again by its `payment_id` in the metadata. Confirming, capturing and cancelling carry none: an
//! intent takes each of them once by its own state, whereas a key would repeat a stored failure for a day.

mod failure;
mod form;
pub mod signature;
mod wire;

use bytes::Bytes;
use http::{Method, Request, header};
use kernel::{Money, OrderId, PaymentId, UserId};
use runtime::Http;
use serde::de::DeserializeOwned;

use crate::domain::{IntentId, ProviderToken};

pub use failure::Failure;
pub use wire::{Intent, SavedCard};

/// The version whose shapes [`wire`] reads; without it the account's default would decide.
const API_VERSION: &str = "2024-06-20";
/// Intents on one page of a list: the most that Stripe gives.
const PAGE_LIMIT: &str = "100";
/// Pages that are looked through for an intent: nobody orders 500 meals in the minutes that matter.
const PAGES_MAX: usize = 5;
/// The charge tells how long the reservation holds and, once captured, how much was taken.
const EXPAND: (&str, &str) = ("expand[]", "latest_charge");

/// The client. Cheap to clone.
#[derive(Clone)]
pub struct Stripe {
    http: Http,
    base: String,
    secret_key: String,
    return_url: Option<String>,
}

/// What an intent is made for.
#[derive(Debug, Clone, Copy)]
pub struct NewIntent<'a> {
    /// Found again by it.
    pub payment_id: PaymentId,
    /// For whoever looks at Stripe's dashboard.
    pub order_id: OrderId,
    /// Stripe's id of the customer.
    pub customer: &'a str,
    /// Stripe's id of the card.
    pub method: &'a str,
    /// How much.
    pub total: Money,
}

impl Stripe {
    /// A client. `return_url`: where a bank's page sends the customer back to; without it, apps use Stripe's library.
    #[must_use]
    pub const fn new(http: Http, base: String, secret_key: String, return_url: Option<String>) -> Self {
        Self {
            http,
            base,
            secret_key,
            return_url,
        }
    }

    /// Makes a customer and gives Stripe's id of it. Nothing personal is told.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn create_customer(&self, user_id: UserId) -> Result<String, Failure> {
        let user_id = user_id.to_string();
        let fields = [("metadata[user_id]", user_id.as_str())];
        let key = format!("create-customer-{user_id}");
        let customer: wire::Customer = self.post("/v1/customers", &fields, Some(&key)).await?;
        Ok(customer.id)
    }

    /// Saves a card with a customer; the bank may be asked.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn attach(&self, token: &ProviderToken, customer: &str) -> Result<SavedCard, Failure> {
        let path = format!("/v1/payment_methods/{}/attach", token.as_str());
        let method: wire::Method = self.post(&path, &[("customer", customer)], None).await?;
        method.into_card()
    }

    /// Removes a card from its customer.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn detach(&self, method: &str) -> Result<(), Failure> {
        let path = format!("/v1/payment_methods/{method}/detach");
        let wire::Anything {} = self.post(&path, &[], None).await?;
        Ok(())
    }

    /// Makes an intent that reserves money once it is confirmed, and no earlier.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn create_intent(&self, new: &NewIntent<'_>) -> Result<Intent, Failure> {
        new.total.check_charge()?;
        let amount = new.total.to_charge_amount()?.to_string();
        let currency = new.total.currency().code().to_ascii_lowercase();
        let (payment_id, order_id) = (new.payment_id.to_string(), new.order_id.to_string());
        let fields = [
            ("amount", amount.as_str()),
            ("currency", &currency),
            ("customer", new.customer),
            ("payment_method", new.method),
            ("payment_method_types[]", "card"),
            ("capture_method", "manual"),
            (wire::PAYMENT_ID_FIELD, &payment_id),
            ("metadata[order_id]", &order_id),
        ];
        let key = format!("create-intent-{payment_id}");
        self.post("/v1/payment_intents", &fields, Some(&key)).await
    }

    /// Looks for the intent of a payment among its customer's, newest first. Stripe's search would lag behind.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn find_intent(&self, payment_id: PaymentId, customer: &str) -> Result<Option<Intent>, Failure> {
        let mut after: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut fields = vec![("customer", customer), ("limit", PAGE_LIMIT)];
            if let Some(after) = &after {
                fields.push(("starting_after", after));
            }
            let page: wire::List<Intent> = self.get("/v1/payment_intents", &fields).await?;
            let last = page.data.last().map(|intent| intent.id.clone());
            if let Some(intent) = page
                .data
                .into_iter()
                .find(|intent| intent.payment_id() == Some(payment_id))
            {
                return Ok(Some(intent));
            }
            after = last.filter(|_| page.has_more);
            if after.is_none() {
                break;
            }
        }
        Ok(None)
    }

    /// Shows an intent.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn retrieve(&self, intent: &IntentId) -> Result<Intent, Failure> {
        self.get(&format!("/v1/payment_intents/{}", intent.as_str()), &[EXPAND])
            .await
    }

    /// Asks the bank to reserve the money.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn confirm(&self, intent: &IntentId) -> Result<Intent, Failure> {
        let mut fields = vec![EXPAND];
        if let Some(url) = &self.return_url {
            fields.push(("return_url", url));
        }
        self.act(intent, "confirm", &fields).await
    }

    /// Releases what is reserved.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn cancel(&self, intent: &IntentId) -> Result<Intent, Failure> {
        self.act(intent, "cancel", &[EXPAND]).await
    }

    /// Charges an amount and releases the rest.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn capture(&self, intent: &IntentId, amount: Money) -> Result<Intent, Failure> {
        let amount = amount.to_charge_amount()?.to_string();
        self.act(intent, "capture", &[("amount_to_capture", &amount), EXPAND])
            .await
    }

    async fn act(&self, intent: &IntentId, verb: &str, fields: &[(&str, &str)]) -> Result<Intent, Failure> {
        let path = format!("/v1/payment_intents/{}/{verb}", intent.as_str());
        self.post(&path, fields, None).await
    }

    async fn get<T: DeserializeOwned>(&self, path: &str, fields: &[(&str, &str)]) -> Result<T, Failure> {
        let query = form::encode(fields);
        self.send(Method::GET, &format!("{path}?{query}"), Bytes::new(), None)
            .await
    }

    async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        fields: &[(&str, &str)],
        idempotency_key: Option<&str>,
    ) -> Result<T, Failure> {
        let body = Bytes::from(form::encode(fields));
        self.send(Method::POST, path, body, idempotency_key).await
    }

    async fn send<T: DeserializeOwned>(
        &self,
        method: Method,
        path_and_query: &str,
        body: Bytes,
        idempotency_key: Option<&str>,
    ) -> Result<T, Failure> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path_and_query}", self.base))
            .header(header::AUTHORIZATION, format!("Bearer {}", self.secret_key))
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header("stripe-version", API_VERSION);
        if let Some(key) = idempotency_key {
            request = request.header("idempotency-key", key);
        }
        let request = request
            .body(body)
            .map_err(|error| Failure::Unavailable(error.to_string()))?;
        let response = self
            .http
            .send(request)
            .await
            .map_err(|error| Failure::Unavailable(error.to_string()))?;
        if !response.status().is_success() {
            return Err(Failure::classify(response.status().as_u16(), response.body()));
        }
        // It was done, but what came of it cannot be read: whoever comes next looks.
        serde_json::from_slice(response.body())
            .map_err(|error| Failure::Unavailable(format!("unreadable answer: {error}")))
    }
}

/// The key is a secret, so only the address is shown.
impl std::fmt::Debug for Stripe {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stripe")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
