//! How far and how long a way is: by the built-in model, or by an external router.
//!
//! What a router says is only the beginning: the zone's learned effects correct its answer as they correct the built-in
//! model's, so a router that knows no traffic still gives times that do.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use kernel::{Meters, Position, SignedDuration, Timestamp};
use runtime::Http;
use serde::Deserialize;

use crate::domain::Vehicle;
use crate::domain::ride::Ride;

/// An estimate does not wait longer for a router: the caller waits for the estimate.
const TIMEOUT: Duration = Duration::from_millis(600);
const CONNECT_TIMEOUT: Duration = Duration::from_millis(300);
/// A router that gave no answer is not asked again for so long.
const PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// An answer holds for so long, and so many are remembered: a customer who follows a courier asks again and again.
const HOLDS: SignedDuration = SignedDuration::from_mins(10);
const REMEMBERED_MAX: usize = 512;
/// Positions closer than this, about 110 m, are the same to the memory, in degrees.
const GRAIN: f64 = 1_000.0;
/// An answer that is this many times shorter or longer than the built-in model's is of somewhere else.
const ABSURD: i64 = 10;

/// Something that measures ways.
pub trait Travel {
    /// A ride with its length and its time before what has been learned.
    async fn measure(&self, ride: Ride, now: Timestamp) -> Ride;
}

/// The road factor and the vehicles' mean speeds: what a ride has from the beginning.
#[derive(Debug, Default)]
pub struct BuiltIn;

impl Travel for BuiltIn {
    async fn measure(&self, ride: Ride, _: Timestamp) -> Ride {
        ride
    }
}

/// A server that speaks OSRM's HTTP API (version 1, service `route`): OSRM itself and many hosted ones.
/// If it does not answer in time, or knows no way, the built-in model does.
#[derive(Debug)]
pub struct Osrm {
    http: Http,
    base: String,
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    silent_until: Option<Timestamp>,
    rides: HashMap<Way, (Timestamp, Meters, SignedDuration)>,
}

/// A way as the memory tells it from others.
type Way = ([i64; 4], &'static str);

impl Osrm {
    /// A router at a URL such as `https://router.example`.
    #[must_use]
    pub fn new(base: &str) -> Self {
        Self {
            http: Http::for_third_parties(CONNECT_TIMEOUT, TIMEOUT),
            base: base.trim_end_matches('/').to_owned(),
            memory: Mutex::default(),
        }
    }

    async fn ask(&self, ride: &Ride) -> Result<(Meters, SignedDuration), String> {
        let place = |position: Position| format!("{:.6},{:.6}", position.lng(), position.lat());
        let url = format!(
            "{}/route/v1/{}/{};{}?overview=false&alternatives=false&steps=false",
            self.base,
            profile(ride.vehicle),
            place(ride.from),
            place(ride.to)
        );
        let request = http::Request::get(url)
            .body(Bytes::new())
            .map_err(|error| error.to_string())?;
        let response = self.http.send(request).await.map_err(|error| error.to_string())?;
        if !response.status().is_success() {
            return Err(format!("it answered {}", response.status()));
        }
        let answer: Answer = serde_json::from_slice(response.body()).map_err(|error| error.to_string())?;
        let route = answer.routes.into_iter().next().ok_or("it knows no way")?;
        believable(&route, ride).ok_or_else(|| "its answer is absurd".to_owned())
    }

    fn remembered(&self, way: &Way, now: Timestamp) -> Result<Option<(Meters, SignedDuration)>, ()> {
        let memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((at, meters, takes)) = memory.rides.get(way)
            && now <= *at + HOLDS
        {
            return Ok(Some((*meters, *takes)));
        }
        if memory.silent_until.is_some_and(|until| now < until) {
            return Err(());
        }
        Ok(None)
    }

    fn remember(&self, way: Way, answer: Option<(Meters, SignedDuration)>, now: Timestamp) {
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        memory.silent_until = answer.is_none().then(|| now + PAUSE);
        if memory.rides.len() >= REMEMBERED_MAX {
            memory.rides.clear();
        }
        if let Some((meters, takes)) = answer {
            memory.rides.insert(way, (now, meters, takes));
        }
    }
}

impl Travel for Osrm {
    async fn measure(&self, ride: Ride, now: Timestamp) -> Ride {
        let way = (grain(&ride), profile(ride.vehicle));
        let known = match self.remembered(&way, now) {
            Ok(Some(known)) => Some(known),
            Err(()) => None,
            Ok(None) => {
                let answer = self.ask(&ride).await;
                if let Err(reason) = &answer {
                    tracing::warn!(reason, "the router gave no way: the built-in model does");
                }
                let answer = answer.ok();
                self.remember(way, answer, now);
                answer
            }
        };
        known.map_or(ride, |(meters, takes)| Ride { meters, takes, ..ride })
    }
}

/// Measures rides, by the built-in model or by an external router.
#[derive(Debug)]
pub enum Router {
    /// The built-in model.
    BuiltIn(BuiltIn),
    /// An external router, and the built-in model behind it.
    External(Osrm),
}

impl Router {
    /// The router at a URL; the built-in model without one.
    #[must_use]
    pub fn at(url: Option<&str>) -> Self {
        url.map_or(Self::BuiltIn(BuiltIn), |url| Self::External(Osrm::new(url)))
    }
}

impl Travel for Router {
    async fn measure(&self, ride: Ride, now: Timestamp) -> Ride {
        match self {
            Self::BuiltIn(model) => model.measure(ride, now).await,
            Self::External(router) => router.measure(ride, now).await,
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    routes: Vec<Route>,
}

#[derive(Deserialize)]
struct Route {
    /// In metres.
    distance: f64,
    /// In seconds.
    duration: f64,
}

/// OSRM's usual profiles. A motor scooter goes where cars go.
const fn profile(vehicle: Vehicle) -> &'static str {
    match vehicle {
        Vehicle::Bicycle => "cycling",
        Vehicle::Scooter | Vehicle::Car => "driving",
        Vehicle::Foot => "walking",
    }
}

fn believable(route: &Route, ride: &Ride) -> Option<(Meters, SignedDuration)> {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the conversions saturate, and what is absurd is refused"
    )]
    let (meters, seconds) = (route.distance.round() as Meters, route.duration.round() as i64);
    // The first minutes of short ways differ most: both get one.
    let (given, usual) = (seconds.checked_add(60)?, ride.takes.as_secs() + 60);
    let fits = given <= usual.checked_mul(ABSURD)? && usual <= given.checked_mul(ABSURD)?;
    (seconds >= 0 && fits).then(|| (meters, SignedDuration::from_secs(seconds)))
}

fn grain(ride: &Ride) -> [i64; 4] {
    let degrees = [ride.from.lat(), ride.from.lng(), ride.to.lat(), ride.to.lng()];
    #[expect(clippy::cast_possible_truncation, reason = "degrees are within 180")]
    degrees.map(|degrees| (degrees * GRAIN).round() as i64)
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::domain::cast::{NOON, kerkstraat, minutes, trattoria};

    fn ride() -> Ride {
        Ride::new(trattoria(), kerkstraat(), Vehicle::Bicycle)
    }

    /// A server that gives each request the same answer, and counts them. Without an answer it says nothing.
    fn server(answer: Option<&'static str>) -> (Osrm, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let router = Osrm::new(&format!("http://{}/", listener.local_addr().unwrap()));
        let asked = Arc::new(AtomicUsize::new(0));
        let count = Arc::clone(&asked);
        std::thread::spawn(move || {
            let mut silent = Vec::new();
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let mut request = [0; 1024];
                let length = stream.read(&mut request).unwrap();
                let request = String::from_utf8_lossy(&request[..length]).into_owned();
                count.fetch_add(1, Ordering::SeqCst);
                match answer {
                    Some(body)
                        if request.starts_with("GET /route/v1/cycling/4.895200,52.370200;4.904100,52.367600?") =>
                    {
                        let length = body.len();
                        let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n");
                        stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
                    }
                    Some(_) => stream
                        .write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                        .unwrap(),
                    None => silent.push(stream),
                }
            }
        });
        (router, asked)
    }

    #[tokio::test]
    async fn a_router_is_asked_once_for_a_way() {
        let (router, asked) = server(Some(r#"{"code":"Ok","routes":[{"distance":1234.5,"duration":456.7}]}"#));
        for _ in 0..3 {
            let measured = router.measure(ride(), NOON).await;
            assert_eq!(
                (measured.meters, measured.takes),
                (1_235, SignedDuration::from_secs(457))
            );
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        router.measure(ride(), NOON + minutes(11)).await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn without_a_believable_answer_the_built_in_model_answers() {
        let answers = [
            r#"{"code":"NoRoute","routes":[]}"#,
            r#"{"code":"Ok","routes":[{"distance":1234.5,"duration":9999999.0}]}"#,
            "nothing that is known",
        ];
        for answer in answers {
            let (router, _) = server(Some(answer));
            assert_eq!(router.measure(ride(), NOON).await, ride(), "{answer}");
        }
    }

    #[tokio::test]
    async fn a_silent_router_is_left_alone_for_a_while() {
        let (router, asked) = server(None);
        let started = std::time::Instant::now();
        for _ in 0..5 {
            assert_eq!(router.measure(ride(), NOON).await, ride());
        }
        assert!(started.elapsed() < TIMEOUT * 4, "{:?}", started.elapsed());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        router.measure(ride(), NOON + PAUSE).await;
        assert_eq!(asked.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn without_a_url_nobody_is_asked() {
        assert_eq!(Router::at(None).measure(ride(), NOON).await, ride());
        assert!(matches!(Router::at(Some("http://127.0.0.1:9")), Router::External(_)));
    }
}
