//! The service with a customer, a courier, and what carries messages to them.

use contracts::Envelope;
use handlerkit::{Caller, Service};
use kernel::{CourierId, Role, TypedId as _, UserId};
use runtime::Consumed;
use serde_json::{Value, json};

use crate::app::{App, InboxApp, LiveApp, MovesApp};
use crate::live::serve;
use crate::{api, inbox, moves};

/// The customer and the courier of the sample events.
const CUSTOMER: &str = "usr_2x4bbcxr3m8ttbn9s0m1n9q8zr";
const COURIER: &str = "cou_2x4bbcxr3m8ttbn9s0m1n9q8zs";
/// The order of the sample events.
pub const ORDER: &str = "ord_01jd8v4q6nf2x9m3k7p0zr5t1c";
pub const MAILS: &str = "POST email.eu-central-1.amazonaws.com/v2/email/outbound-emails";
pub const TEXTS: &str = "POST sns.eu-central-1.amazonaws.com/";
const TEXT_TAKEN: &str = "<PublishResponse><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>";
const CONNECTIONS: &str = "live.example.com/live/@connections";

pub struct Scene {
    pub service: Service,
    inbox: InboxApp,
    live: LiveApp,
    moves: MovesApp,
    pub customer: Caller,
    pub courier: Caller,
}

impl Scene {
    pub fn begin() -> Self {
        let variables = [
            ("LIVE_URL", "wss://live.example.com/live"),
            ("LIVE_API_URL", "https://live.example.com/live"),
            ("MAIL_FROM", "Tiffin <hello@example.com>"),
            ("TEXT_COUNTRIES", "NL"),
            ("TEXTS_PER_MARKET_PER_DAY", "1000"),
        ];
        let service = Service::start("notification", variables, |edge| api::router(App::new(edge).unwrap()));
        let courier: CourierId = COURIER.parse().unwrap();
        let scene = Self {
            inbox: InboxApp::new(service.edge()).unwrap(),
            live: LiveApp::new(service.edge()).unwrap(),
            moves: MovesApp::new(service.edge()).unwrap(),
            customer: service.user(CUSTOMER.parse().unwrap(), &[Role::Customer]),
            courier: service.user(UserId::from_uuid(courier.uuid()), &[Role::Courier]),
            service,
        };
        for (who, phone, country) in [
            (&scene.customer, "+31612345678", "NL"),
            (&scene.courier, "+12025550123", "US"),
        ] {
            scene.user_service_says(who, 200, contact(phone, country));
        }
        let aws = scene.service.aws();
        aws.answer(MAILS, 200, r#"{"MessageId": "1"}"#);
        aws.answer(TEXTS, 200, TEXT_TAKEN);
        scene
    }

    /// How the user service answers who asks for a person's contact.
    pub fn user_service_says(&self, who: &Caller, status: u16, contact: Value) {
        let request = format!("GET /internal/users/{}/contact", who.user_id());
        self.service.neighbours().answer(&request, status, contact);
    }

    /// The service hears an event, which is given as it travels.
    pub async fn hear(&self, event: &str) -> Consumed {
        let event = Envelope::parse(event).unwrap();
        inbox::handle(&self.inbox, &event, &self.service.cause()).await
    }

    /// The service hears that a courier moved.
    pub async fn hear_move(&self, event: &str) -> Consumed {
        let event = Envelope::parse(event).unwrap();
        moves::handle(&self.moves, &event, &self.service.cause()).await
    }

    /// How often AWS was asked something.
    pub fn count_asked(&self, request: &str) -> usize {
        let asked = self.service.aws().asked();
        asked.iter().filter(|(asked, _)| asked == request).count()
    }

    /// The kinds of the messages in somebody's inbox, newest first.
    pub async fn kinds(&self, who: &Caller) -> Vec<String> {
        let page = who.get("/v1/notifications?limit=100").await.expect(200);
        let items = page["items"].as_array().unwrap().clone();
        let kind = |item: Value| item["kind"].as_str().unwrap().to_owned();
        items.into_iter().map(kind).collect()
    }

    /// A ticket for a live connection.
    pub async fn ticket(&self, who: &Caller) -> String {
        let ticket = who.post("/v1/live/tickets", &Value::Null).await.expect(201);
        ticket["ticket"].as_str().unwrap().to_owned()
    }

    /// The gateway hands over a request of a live connection; gives the status.
    async fn serve(&self, route: &str, connection: &str, more: Value) -> u16 {
        let mut request = json!({"requestContext": {"routeKey": route, "connectionId": connection, "requestId": "1"}});
        if let Value::Object(more) = more {
            more.into_iter().for_each(|(name, value)| request[name] = value);
        }
        let request = serde_json::from_value(request).unwrap();
        serve(&self.live, request, self.service.now()).await
    }

    /// Opens a connection with a ticket; gives the status.
    pub async fn connect(&self, connection: &str, ticket: &str) -> u16 {
        let aws = self.service.aws();
        aws.answer(&format!("POST {CONNECTIONS}/{connection}"), 200, "");
        aws.answer(&format!("DELETE {CONNECTIONS}/{connection}"), 204, "");
        let parameters = json!({"queryStringParameters": {"ticket": ticket}});
        self.serve("$connect", connection, parameters).await
    }

    /// Somebody's new connection.
    pub async fn open(&self, connection: &str, who: &Caller) {
        let ticket = self.ticket(who).await;
        assert_eq!(self.connect(connection, &ticket).await, 200);
    }

    /// A client sends a command over its connection.
    pub async fn send(&self, connection: &str, command: Value) {
        let body = json!({"body": command.to_string()});
        assert_eq!(self.serve("$default", connection, body).await, 200);
    }

    /// A connection ends.
    pub async fn disconnect(&self, connection: &str) {
        assert_eq!(self.serve("$disconnect", connection, Value::Null).await, 200);
    }

    /// API Gateway says of a connection that it is gone.
    pub fn lose(&self, connection: &str) {
        let gone = r#"{"__type": "GoneException"}"#;
        self.service
            .aws()
            .answer(&format!("POST {CONNECTIONS}/{connection}"), 410, gone);
    }

    /// The types of the frames that a connection was told.
    pub fn frames(&self, connection: &str) -> Vec<String> {
        let post = format!("POST {CONNECTIONS}/{connection}");
        let asked = self.service.aws().asked().into_iter();
        let frames = asked.filter(|(request, _)| *request == post).map(|(_, body)| body);
        let kind = |body: String| {
            let frame: Value = serde_json::from_str(&body).unwrap();
            frame["type"].as_str().unwrap().to_owned()
        };
        frames.map(kind).collect()
    }

    /// Whether API Gateway was asked to close a connection.
    pub fn is_closed(&self, connection: &str) -> bool {
        self.count_asked(&format!("DELETE {CONNECTIONS}/{connection}")) > 0
    }
}

fn contact(phone: &str, country: &str) -> Value {
    json!({
        "name": "Ana", "email": "ana@example.com", "phone": phone, "phone_country": country, "locale": "en",
        "time_zone": "Europe/Amsterdam", "version": 1,
    })
}

/// The sample event of a type.
pub fn golden(event_type: &str) -> String {
    let path = format!(
        "{}/../../shared/contracts/golden/{event_type}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}
