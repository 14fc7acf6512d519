//! The service with a customer and a stub of Stripe.

use bytes::Bytes;
use contracts::{Contract, Envelope, Timer, order};
use handlerkit::{Caller, Neighbours, Service};
use hmac::{Hmac, KeyInit as _, Mac as _};
use kernel::{OrderId, PaymentId, PaymentMethodId, Role, SignedDuration, TypedId as _};
use runtime::Consumed;
use serde_json::{Value, json};
use sha2::Sha256;
use uuid::Uuid;

use crate::app::App;
use crate::stripe::signature::WebhookSecret;
use crate::{api, inbox, timers};

const WEBHOOK_SECRET: &str = "whsec_test";
/// The intent of the scene's order, as a request about it names it.
pub const INTENT: &str = "/v1/payment_intents/pi_1";
pub const INTENTS: &str = "POST /v1/payment_intents";
pub const ATTACH: &str = "POST /v1/payment_methods/pm_card_visa/attach";

pub struct Scene {
    pub service: Service,
    pub app: App,
    pub stripe: Neighbours,
    pub customer: Caller,
}

impl Scene {
    pub fn begin() -> Self {
        let stripe = Neighbours::start("Bearer sk_test");
        let variables = [
            ("STRIPE_API_URL", stripe.url()),
            ("STRIPE_SECRET_KEY", "sk_test"),
            ("STRIPE_WEBHOOK_SECRET", WEBHOOK_SECRET),
        ];
        let service = Service::start("payment", variables, |edge| {
            let secret = WebhookSecret::new(edge.var("STRIPE_WEBHOOK_SECRET").unwrap());
            api::router(App::new(edge).unwrap(), secret)
        });
        stripe.answer("POST /v1/customers", 200, json!({"id": "cus_1"}));
        Self {
            app: App::new(service.edge()).unwrap(),
            customer: service.person(&[Role::Customer]),
            stripe,
            service,
        }
    }

    /// The customer saves a card of which Stripe says that it is `provider_method`.
    pub async fn save_card(&self, provider_method: &str) -> PaymentMethodId {
        self.stripe.answer(ATTACH, 200, card(provider_method));
        let token = json!({"provider_token": "pm_card_visa"});
        let saved = self.customer.post("/v1/payment-methods", &token).await.expect(201);
        saved["payment_method_id"].as_str().unwrap().parse().unwrap()
    }

    /// Stripe makes an intent for the order, and the bank answers its confirmation with this status.
    pub fn bank_says(&self, status: &str, details: Value) {
        self.stripe
            .answer(INTENTS, 200, intent("requires_confirmation", json!({})));
        self.stripe
            .answer(&format!("POST {INTENT}/confirm"), 200, intent(status, details));
    }

    /// Stripe shows the intent with this status.
    pub fn stripe_shows(&self, status: &str, details: Value) {
        let path = format!("GET {INTENT}?expand%5B%5D=latest_charge");
        self.stripe.answer(&path, 200, intent(status, details));
    }

    /// How often Stripe was asked something.
    pub fn count_asked(&self, request: &str) -> usize {
        let asked = self.stripe.asked();
        asked.iter().filter(|(asked, _)| asked == request).count()
    }

    /// The service hears an event about the order.
    pub async fn hear<C: Contract>(&self, payload: &C) -> Consumed {
        let event = self.service.event(&order_id(), 1, payload);
        inbox::handle(&self.app, &event, &self.service.cause()).await
    }

    /// The service hears that the order was placed.
    pub async fn place(&self, payment_method_id: PaymentMethodId) -> Consumed {
        let placed = order::Placed {
            order_id: order_id(),
            customer_id: self.customer.user_id(),
            payment_method_id,
            ..golden(include_str!(
                "../../../../../shared/contracts/golden/order.placed.v1.json"
            ))
        };
        self.hear(&placed).await
    }

    /// The money for the order is reserved.
    pub async fn authorize(&self) {
        let card = self.save_card("pm_1").await;
        self.bank_says("requires_capture", json!({}));
        self.place(card).await.unwrap();
        assert_eq!(self.service.told(), ["payment.authorized.v1"]);
    }

    /// The service hears that the order was delivered.
    pub async fn deliver(&self) -> Consumed {
        let delivered = order::Delivered {
            order_id: order_id(),
            customer_id: self.customer.user_id(),
            ..golden(include_str!(
                "../../../../../shared/contracts/golden/order.delivered.v1.json"
            ))
        };
        self.hear(&delivered).await
    }

    /// The service hears that the restaurant rejected the order.
    pub async fn reject(&self) -> Consumed {
        let rejected = order::Rejected {
            order_id: order_id(),
            customer_id: self.customer.user_id(),
            ..golden(include_str!(
                "../../../../../shared/contracts/golden/order.rejected.v1.json"
            ))
        };
        self.hear(&rejected).await
    }

    /// A timer of the payment comes, which a step set.
    pub async fn wake(&self, name: &str, sequence: u32) -> Consumed {
        let timer = Timer {
            name: name.to_owned(),
            subject: payment_id().to_string(),
            sequence,
            due_at: self.service.now(),
            correlationid: order_id().to_string(),
        };
        timers::handle(&self.app, &timer, &self.service.cause()).await
    }

    /// The payment, as the customer sees it.
    pub async fn payment(&self) -> Value {
        let path = format!("/v1/orders/{}/payment", order_id());
        self.customer.get(&path).await.expect(200)
    }

    /// The header that Stripe sends with a body that it signed so long ago.
    pub fn signature(&self, body: &Value, ago: SignedDuration) -> String {
        let second = (self.service.now() - ago).as_second();
        let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOK_SECRET.as_bytes()).unwrap();
        mac.update(format!("{second}.{body}").as_bytes());
        let digest = Bytes::copy_from_slice(&mac.finalize().into_bytes());
        format!("t={second},v1={digest:x}")
    }
}

/// The payload of a sample event.
pub fn golden<C: Contract>(text: &str) -> C {
    Envelope::parse(text).unwrap().data().unwrap()
}

pub fn order_id() -> OrderId {
    OrderId::from_uuid(Uuid::from_u128(7))
}

pub fn payment_id() -> PaymentId {
    PaymentId::from_uuid(order_id().uuid())
}

fn card(provider_method: &str) -> Value {
    json!({
        "id": provider_method, "card": {"brand": "visa", "last4": "4242", "exp_month": 4, "exp_year": 2030},
    })
}

/// The intent of the order, as Stripe shows it.
pub fn intent(status: &str, details: Value) -> Value {
    let mut intent = json!({
        "id": "pi_1", "status": status, "amount": 2890, "currency": "eur", "created": 1_795_199_400,
        "metadata": {"payment_id": payment_id()},
    });
    if let Value::Object(details) = details {
        details.into_iter().for_each(|(name, value)| intent[name] = value);
    }
    intent
}

/// An error of Stripe's.
pub fn error(code: &str) -> Value {
    json!({"error": {"code": code, "message": "It cannot be done."}})
}
