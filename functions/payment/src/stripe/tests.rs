//! The client against a server of a few lines that answers, hangs, or does the work and loses the reply.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use kernel::{Currency, TypedId as _};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use uuid::Uuid;

use super::*;
use crate::domain::IntentStatus;

/// What the server does with a request after it has taken it in.
#[derive(Clone)]
enum Reply {
    Json(u16, Value),
    Text(u16, &'static str),
    Hang,
    HangUp,
}

#[derive(Clone, Debug)]
struct Asked {
    line: String,
    headers: String,
    body: String,
}

type Seen = Arc<Mutex<Vec<Asked>>>;

/// Starts a server; `answer` sees each request in turn.
async fn server(answer: impl Fn(&Asked) -> Reply + Send + Sync + 'static) -> (Stripe, Seen) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("http://{}", listener.local_addr().unwrap());
    let seen = Seen::default();
    let log = seen.clone();
    let answer = Arc::new(answer);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, log.clone(), answer.clone()));
        }
    });
    (client(base, None), seen)
}

fn client(base: String, return_url: Option<&str>) -> Stripe {
    let http = Http::for_third_parties(Duration::from_millis(200), Duration::from_millis(400));
    Stripe::new(http, base, "sk_test_secret".to_owned(), return_url.map(str::to_owned))
}

async fn serve(mut stream: TcpStream, log: Seen, answer: Arc<impl Fn(&Asked) -> Reply>) {
    let Some(asked) = read(&mut stream).await else { return };
    let reply = answer(&asked);
    log.lock().unwrap().push(asked);
    let (status, body) = match reply {
        Reply::Json(status, body) => (status, body.to_string()),
        Reply::Text(status, body) => (status, body.to_owned()),
        Reply::Hang => return tokio::time::sleep(Duration::from_secs(5)).await,
        Reply::HangUp => return,
    };
    let length = body.len();
    let text = format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    stream.write_all(text.as_bytes()).await.unwrap();
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    loop {
        let mut chunk = [0; 4096];
        let count = stream.read(&mut chunk).await.ok().filter(|count| *count > 0)?;
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            continue;
        };
        let length = head.split_once("content-length: ").map_or(0, |(_, rest)| {
            rest.lines().next().unwrap_or_default().trim().parse().unwrap_or(0)
        });
        if body.len() >= length {
            let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
            return Some(Asked {
                line: line.to_owned(),
                headers: headers.to_owned(),
                body: body.to_owned(),
            });
        }
    }
}

fn payment_id() -> PaymentId {
    PaymentId::from_uuid(Uuid::from_u128(5))
}

fn new_intent() -> NewIntent<'static> {
    NewIntent {
        payment_id: payment_id(),
        order_id: OrderId::from_uuid(Uuid::from_u128(5)),
        customer: "cus_1",
        method: "pm_1",
        total: Money::new(2890, Currency::EUR),
    }
}

fn intent(id: &str, status: &str) -> Value {
    json!({
        "id": id, "status": status, "amount": 2890, "currency": "eur", "created": 1_763_836_200,
        "metadata": {"payment_id": payment_id()}
    })
}

#[tokio::test]
async fn an_intent_is_made_unconfirmed_with_its_key_and_metadata() {
    let (stripe, seen) = server(|_| Reply::Json(200, intent("pi_1", "requires_confirmation"))).await;
    let made = stripe.create_intent(&new_intent()).await.unwrap();
    assert_eq!(made.intent_status(), Ok(IntentStatus::Unconfirmed));
    let asked = seen.lock().unwrap()[0].clone();
    assert_eq!(asked.line, "post /v1/payment_intents http/1.1");
    let id = payment_id();
    for header in [
        "authorization: bearer sk_test_secret".to_owned(),
        format!("idempotency-key: create-intent-{id}"),
        "content-type: application/x-www-form-urlencoded".to_owned(),
        "stripe-version: ".to_owned(),
    ] {
        assert!(asked.headers.contains(&header), "{header} in {}", asked.headers);
    }
    for field in [
        "amount=2890".to_owned(),
        "currency=eur".to_owned(),
        "customer=cus_1".to_owned(),
        "payment_method=pm_1".to_owned(),
        "capture_method=manual".to_owned(),
        format!("metadata%5bpayment_id%5d={id}"),
    ] {
        assert!(
            asked.body.split('&').any(|pair| pair == field),
            "{field} in {}",
            asked.body
        );
    }
    assert!(!asked.body.contains("confirm"));
    assert!(!format!("{stripe:?}").contains("secret"));
}

/// Of each line of Stripe's table of special currencies, and of those that are served: an amount in ISO minor units, and as
/// Stripe counts it.
const COUNTED: [(&str, i64, &str); 31] = [
    // Without decimals.
    ("BIF", 5_000, "5000"),
    ("CLP", 5_000, "5000"),
    ("DJF", 5_000, "5000"),
    ("GNF", 50_000, "50000"),
    ("JPY", 2_925, "2925"),
    ("KMF", 5_000, "5000"),
    ("KRW", 15_000, "15000"),
    ("PYG", 50_000, "50000"),
    ("RWF", 5_000, "5000"),
    ("VND", 90_000, "90000"),
    ("VUV", 5_000, "5000"),
    ("XAF", 5_000, "5000"),
    ("XOF", 5_000, "5000"),
    ("XPF", 5_000, "5000"),
    // ISO gives the ariary two decimals, Stripe none.
    ("MGA", 2_500_000, "25000"),
    // ISO gives these none, Stripe two that are 00.
    ("ISK", 4_900, "490000"),
    ("UGX", 40_000, "4000000"),
    // Three decimals, of which the last is 0.
    ("BHD", 7_190, "7190"),
    ("JOD", 7_190, "7190"),
    ("KWD", 7_550, "7550"),
    ("OMR", 7_190, "7190"),
    ("TND", 7_190, "7190"),
    // Without decimals in payouts only.
    ("HUF", 499_050, "499050"),
    ("TWD", 35_050, "35050"),
    // Ordinary.
    ("CHF", 2_890, "2890"),
    ("DKK", 2_890, "2890"),
    ("EUR", 2_890, "2890"),
    ("GBP", 2_890, "2890"),
    ("PLN", 2_890, "2890"),
    ("SEK", 2_890, "2890"),
    ("USD", 2_890, "2890"),
];

#[tokio::test]
async fn every_currency_is_told_and_read_as_stripe_counts_it() {
    let (stripe, seen) = server(|asked| {
        let field = |name: &str| asked.body.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap();
        let mut made = intent("pi_1", "succeeded");
        made["amount"] = field("amount=").parse::<i64>().unwrap().into();
        made["currency"] = field("currency=").into();
        Reply::Json(200, made)
    })
    .await;
    for (code, amount, counted) in COUNTED {
        let total = Money::new(amount, code.parse().unwrap());
        let made = stripe
            .create_intent(&NewIntent { total, ..new_intent() })
            .await
            .unwrap();
        assert_eq!(
            made.intent_status(),
            Ok(IntentStatus::Captured { amount: total }),
            "{code}"
        );
        let asked = seen.lock().unwrap().last().unwrap().body.clone();
        let told = format!("amount={counted}&currency={}&", code.to_lowercase());
        assert!(asked.starts_with(&told), "{told} in {asked}");
    }
}

#[tokio::test]
async fn what_stripe_would_refuse_is_not_sent() {
    let (stripe, seen) = server(|_| Reply::Json(200, intent("pi_1", "requires_confirmation"))).await;
    for (code, amount, refused) in [
        ("KWD", 7_199, "amount_too_fine"),
        ("MGA", 2_500_050, "amount_too_fine"),
        ("EUR", 49, "amount_too_small"),
        ("GBP", 29, "amount_too_small"),
        ("JPY", 49, "amount_too_small"),
        ("HUF", 17_499, "amount_too_small"),
        ("USD", 100_000_000, "amount_too_large"),
        ("ISK", 1_000_000, "amount_too_large"),
        ("IDR", 1_000_000_000_000, "amount_too_large"),
        ("IRR", 100_000, "currency_not_chargeable"),
    ] {
        let total = Money::new(amount, code.parse().unwrap());
        let made = stripe.create_intent(&NewIntent { total, ..new_intent() }).await;
        assert_eq!(made.unwrap_err().unusable(), Some(refused), "{code}");
    }
    let fine = Money::new(7_199, Currency::KWD);
    assert!(stripe.capture(&IntentId::new("pi_1"), fine).await.is_err());
    assert!(seen.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_confirmation_names_where_to_return_to_if_there_is_such_a_page() {
    let (stripe, seen) = server(|_| Reply::Json(200, intent("pi_1", "requires_capture"))).await;
    let confirmed = stripe.confirm(&IntentId::new("pi_1")).await.unwrap();
    assert!(matches!(confirmed.intent_status(), Ok(IntentStatus::Reserved { .. })));
    client(stripe.base.clone(), Some("https://app.example/paid"))
        .confirm(&IntentId::new("pi_1"))
        .await
        .unwrap();
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0].line, "post /v1/payment_intents/pi_1/confirm http/1.1");
    assert!(!seen[0].headers.contains("idempotency-key"));
    assert_eq!(seen[0].body, "expand%5b%5d=latest_charge");
    assert!(seen[1].body.ends_with("&return_url=https%3a%2f%2fapp.example%2fpaid"));
}

#[tokio::test]
async fn a_server_that_hangs_or_is_not_there_is_unavailable_in_time() {
    let (stripe, _) = server(|_| Reply::Hang).await;
    let started = tokio::time::Instant::now();
    let hung = stripe.retrieve(&IntentId::new("pi_1")).await;
    assert!(matches!(hung, Err(Failure::Unavailable(_))), "{hung:?}");
    assert!(started.elapsed() < Duration::from_secs(2));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let nobody = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let absent = client(nobody, None).retrieve(&IntentId::new("pi_1")).await;
    assert!(matches!(absent, Err(Failure::Unavailable(_))), "{absent:?}");
}

#[tokio::test]
async fn a_creation_whose_reply_was_lost_is_found_again() {
    let made = Arc::new(Mutex::new(Vec::<Value>::new()));
    let kept = made.clone();
    let (stripe, seen) = server(move |asked| {
        if asked.line.starts_with("post /v1/payment_intents ") {
            kept.lock().unwrap().push(intent("pi_1", "requires_confirmation"));
            return Reply::HangUp;
        }
        let mut data = vec![json!({
            "id": "pi_0", "status": "succeeded", "amount": 1, "currency": "eur", "created": 1, "metadata": {}
        })];
        data.extend(kept.lock().unwrap().clone());
        Reply::Json(200, json!({"object": "list", "data": data, "has_more": false}))
    })
    .await;
    let lost = stripe.create_intent(&new_intent()).await;
    assert!(matches!(lost, Err(Failure::Unavailable(_))), "{lost:?}");
    let found = stripe.find_intent(payment_id(), "cus_1").await.unwrap().unwrap();
    assert_eq!(found.id, "pi_1");
    assert_eq!(
        seen.lock().unwrap().last().unwrap().line,
        "get /v1/payment_intents?customer=cus_1&limit=100 http/1.1"
    );
    let other = PaymentId::from_uuid(Uuid::from_u128(6));
    assert!(stripe.find_intent(other, "cus_1").await.unwrap().is_none());
}

#[tokio::test]
async fn an_intent_is_found_on_a_later_page_of_its_customers() {
    let (stripe, seen) = server(|asked| {
        let others: Vec<_> = (0..2)
            .map(|number| json!({"id": format!("pi_other_{number}"), "status": "canceled", "amount": 1, "currency": "eur", "created": 1}))
            .collect();
        if asked.line.contains("starting_after=") {
            Reply::Json(200, json!({"data": [intent("pi_1", "requires_capture")], "has_more": false}))
        } else {
            Reply::Json(200, json!({"data": others, "has_more": true}))
        }
    })
    .await;
    let found = stripe.find_intent(payment_id(), "cus_1").await.unwrap().unwrap();
    assert_eq!(found.id, "pi_1");
    let lines: Vec<String> = seen.lock().unwrap().iter().map(|asked| asked.line.clone()).collect();
    assert_eq!(
        lines,
        [
            "get /v1/payment_intents?customer=cus_1&limit=100 http/1.1",
            "get /v1/payment_intents?customer=cus_1&limit=100&starting_after=pi_other_1 http/1.1",
        ]
    );
}

#[tokio::test]
async fn the_intents_of_other_customers_are_never_asked_for() {
    let (stripe, seen) = server(|_| Reply::Json(400, json!({"error": {"code": "resource_missing"}}))).await;
    let refused = stripe.find_intent(payment_id(), "cus_gone").await;
    assert!(matches!(refused, Err(Failure::Refused { .. })), "{refused:?}");
    assert_eq!(seen.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_list_without_end_is_given_up() {
    let (stripe, seen) = server(|_| {
        let other = json!({"id": "pi_other", "status": "canceled", "amount": 1, "currency": "eur", "created": 1});
        Reply::Json(200, json!({"data": [other], "has_more": true}))
    })
    .await;
    assert!(stripe.find_intent(payment_id(), "cus_1").await.unwrap().is_none());
    assert_eq!(seen.lock().unwrap().len(), PAGES_MAX);
}

#[tokio::test]
async fn errors_say_what_to_do() {
    for (reply, failure) in [
        (
            Reply::Json(402, json!({"error": {"code": "card_declined"}})),
            Failure::Declined {
                code: "card_declined".to_owned(),
            },
        ),
        (
            Reply::Text(503, "<html>"),
            Failure::Unavailable("status 503: unknown".to_owned()),
        ),
        (
            Reply::Json(400, json!({"error": {"code": "parameter_unknown", "message": "m"}})),
            Failure::Refused {
                status: 400,
                code: "parameter_unknown".to_owned(),
                message: "m".to_owned(),
            },
        ),
    ] {
        let (stripe, _) = server(move |_| reply.clone()).await;
        let token = ProviderToken::parse("pm_card_visa").unwrap();
        assert_eq!(stripe.attach(&token, "cus_1").await, Err(failure));
    }
    let (stripe, _) = server(|_| Reply::Text(200, "not JSON")).await;
    let unreadable = stripe.cancel(&IntentId::new("pi_1")).await;
    assert!(matches!(unreadable, Err(Failure::Unavailable(_))), "{unreadable:?}");
}

#[tokio::test]
async fn a_card_is_saved_and_anything_else_is_not() {
    let (stripe, seen) = server(|asked| {
        if asked.body.contains("cus_1") {
            let card = json!({"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": 2030, "country": "NL"});
            Reply::Json(
                200,
                json!({"id": "pm_9", "type": "card", "card": card, "customer": "cus_1"}),
            )
        } else {
            Reply::Json(200, json!({"id": "pm_9", "type": "sepa_debit"}))
        }
    })
    .await;
    let token = ProviderToken::parse("pm_card_visa").unwrap();
    let card = stripe.attach(&token, "cus_1").await.unwrap();
    assert_eq!(
        (card.provider_method.as_str(), card.last4.as_str(), card.exp_year),
        ("pm_9", "4242", 2030)
    );
    assert!(matches!(
        stripe.attach(&token, "cus_2").await,
        Err(Failure::Declined { .. })
    ));
    assert_eq!(
        seen.lock().unwrap()[0].line,
        "post /v1/payment_methods/pm_card_visa/attach http/1.1"
    );
}
