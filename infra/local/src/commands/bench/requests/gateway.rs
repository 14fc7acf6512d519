//! A gateway of its own: hands requests to the services' programs as API Gateway would, and measures each.

use std::collections::BTreeMap;
use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client::{Aws, Method, percent_encode};
use sandbox::Sandbox;
use serde_json::{Value, json};

use crate::artefacts::{Profile, SERVICES, built};
use crate::clock;
use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, REGION};
use crate::outputs::Outputs;
use crate::platform::Service;

/// How long the line that accounts for an invocation may take from the program's pipe.
const LINE_PATIENCE: Duration = Duration::from_secs(2);

/// The programs behind it, and what was measured so far.
pub struct Gateway {
    functions: BTreeMap<&'static str, Function>,
    echo: Sandbox,
    owners: BTreeMap<String, &'static str>,
    /// Every request.
    pub measured: Vec<Measured>,
}

struct Function {
    sandbox: Sandbox,
    accounted: usize,
}

/// What one request took.
#[derive(Debug)]
pub struct Measured {
    /// The service that answered.
    pub service: &'static str,
    /// `GET /v1/orders` and so on.
    pub operation: String,
    /// The id that the request's events name as their cause.
    pub request_id: String,
    /// The status of the answer.
    pub status: u64,
    /// DynamoDB's round trips.
    pub calls: u64,
    /// Read units used.
    pub read_units: f64,
    /// Write units used.
    pub write_units: f64,
    /// The function's processor time.
    pub cpu: Duration,
    /// That of the echo for the same event.
    pub echo_cpu: Duration,
}

/// Who asks.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The access token; empty for nobody.
    pub token: String,
    claims: Value,
}

impl Caller {
    /// Whoever was given these tokens at sign-in.
    ///
    /// # Errors
    /// When the access token is none.
    pub fn new(tokens: &Value) -> Outcome<Self> {
        let what = "The sign-in gave no access token";
        let token = tokens["access_token"].as_str().unwrap_or_default().to_owned();
        let payload = token.split('.').nth(1).unwrap_or_default();
        let bytes = URL_SAFE_NO_PAD
            .decode(payload)
            .or_fail(what, "report this as a defect")?;
        let mut claims: Value = serde_json::from_slice(&bytes).or_fail(what, "report this as a defect")?;
        // The gateway hands every claim over as text, and a list in brackets.
        for claim in claims
            .as_object_mut()
            .into_iter()
            .flat_map(|claims| claims.values_mut())
        {
            *claim = match &*claim {
                Value::Array(list) => {
                    let members: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                    json!(format!("[{}]", members.join(" ")))
                }
                Value::String(text) => json!(text),
                other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) => {
                    json!(other.to_string())
                }
            };
        }
        Ok(Self { token, claims })
    }
}

/// A request: the operation, what its path stands for, its query, its version and its body.
#[derive(Debug, Default)]
pub struct Request<'a> {
    /// `POST /v1/orders/{order_id}/cancel`.
    pub operation: &'a str,
    /// `[("order_id", "ord_…")]`.
    pub path: &'a [(&'a str, &'a str)],
    /// `near=52.37,4.90`.
    pub query: &'a str,
    /// The version that is to be changed.
    pub if_match: Option<&'a Value>,
    /// The body; none when null.
    pub body: Value,
}

impl Gateway {
    /// Starts the `api` functions of all services, with the environment that their deployed ones have.
    ///
    /// # Errors
    /// When one does not start.
    pub fn open(instance: &Instance, outputs: &Outputs, profile: Profile) -> Outcome<Self> {
        let aws = outputs.aws();
        let (mut functions, mut owners) = (BTreeMap::new(), BTreeMap::new());
        for service in Service::all(&aws)? {
            let environment = environment(&aws, &service, &outputs.aws_endpoint)?;
            let program = built(service.name, profile)?;
            let variables = environment.iter().map(|(name, value)| (name.as_str(), value.as_str()));
            let what = format!("The service {} does not start", service.name);
            let mut sandbox = Sandbox::start(&program, "api", variables).or_fail(&what, "leave out --no-build")?;
            sandbox.ready().or_fail(&what, "correct the service")?;
            functions.insert(service.name, Function { sandbox, accounted: 0 });
        }
        for service in SERVICES {
            owners.extend(
                super::operations(instance, service)?
                    .into_iter()
                    .map(|operation| (operation, service)),
            );
        }
        let echo =
            Sandbox::start(&built("echo", profile)?, "api", []).or_fail("The echo does not start", "build it")?;
        Ok(Self {
            functions,
            echo,
            owners,
            measured: Vec::new(),
        })
    }

    /// Makes a request that must be served.
    ///
    /// # Errors
    /// When it is refused.
    pub fn ask(&mut self, caller: &Caller, request: &Request<'_>) -> Outcome<Value> {
        let (status, body) = self.send(caller, request)?;
        if (200..300).contains(&status) {
            return Ok(serde_json::from_str(&body).unwrap_or_default());
        }
        let why = format!("status {status}, {body}");
        Err(Failure::new(
            format!("{} was refused", request.operation),
            why,
            "correct the step in requests/tour.rs",
        ))
    }

    /// Makes a request, whatever comes of it.
    ///
    /// # Errors
    /// When the function breaks off.
    pub fn send(&mut self, caller: &Caller, request: &Request<'_>) -> Outcome<(u64, String)> {
        let what = format!("{} cannot be measured", request.operation);
        let service = *self
            .owners
            .get(request.operation)
            .ok_or_else(|| Failure::new(&what, "no service describes it", "correct the step in requests/tour.rs"))?;
        let request_id = clock::unique();
        let event = event(caller, request, &request_id).to_string();
        let missing = || Failure::new(&what, format!("{service} was not started"), "report this as a defect");
        let function = self.functions.get_mut(service).ok_or_else(missing)?;
        let invocation = function.sandbox.invoke(&event).or_fail(&what, "correct the service")?;
        let answer = invocation.answer.or_fail(&what, "correct the service")?;
        let answer: Value = serde_json::from_str(&answer).or_fail(&what, "correct the service")?;
        let line = function.account(&what)?;
        let echo = self.echo.invoke(&event).or_fail(&what, "report this as a defect")?;
        let status = answer["statusCode"].as_u64().unwrap_or(0);
        self.measured.push(Measured {
            service,
            operation: request.operation.to_owned(),
            request_id,
            status,
            calls: line["dynamodb_calls"].as_u64().unwrap_or(0),
            read_units: line["read_units"].as_f64().unwrap_or(0.0),
            write_units: line["write_units"].as_f64().unwrap_or(0.0),
            cpu: invocation.cpu,
            echo_cpu: echo.cpu,
        });
        Ok((status, answer["body"].as_str().unwrap_or_default().to_owned()))
    }
}

impl Function {
    /// The line in which the function accounts for the invocation that has just ended.
    fn account(&mut self, what: &str) -> Outcome<Value> {
        let started = Instant::now();
        loop {
            let log = self.sandbox.log();
            let parsed = log.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
            let mut lines: Vec<Value> = parsed.filter(|line| line["message"] == "invocation").collect();
            if lines.len() > self.accounted {
                self.accounted = lines.len();
                return Ok(lines.pop().unwrap_or_default());
            }
            if started.elapsed() > LINE_PATIENCE {
                let why = "the function wrote no line that accounts for the invocation";
                return Err(Failure::new(what, why, "set LOG_LEVEL to info"));
            }
            sleep(Duration::from_millis(1));
        }
    }
}

/// The environment of the deployed `api` function, with the address of the emulator.
fn environment(aws: &Aws, service: &Service, endpoint: &str) -> Outcome<BTreeMap<String, String>> {
    let name = service
        .functions()
        .find(|(function, _)| function == "api")
        .map(|(_, name)| name.to_owned());
    let path = format!("/2015-03-31/functions/{}/configuration", name.unwrap_or_default());
    let configuration = aws.rest("lambda", &Method::GET, &path, &Value::Null)?;
    let variables = configuration["Environment"]["Variables"]
        .as_object()
        .cloned()
        .unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut environment: BTreeMap<_, _> = variables
        .iter()
        .map(|(name, value)| (name.clone(), text(value)))
        .collect();
    environment.insert("AWS_ENDPOINT_URL".to_owned(), endpoint.to_owned());
    environment.insert("AWS_REGION".to_owned(), REGION.to_owned());
    Ok(environment)
}

/// The event that API Gateway makes of a request, in its format 2.0.
fn event(caller: &Caller, request: &Request<'_>, request_id: &str) -> Value {
    let (method, route) = request.operation.split_once(' ').unwrap_or_default();
    let parameters = request.path.iter();
    let path = parameters.fold(route.to_owned(), |path, (name, value)| {
        path.replace(&format!("{{{name}}}"), value)
    });
    let pairs = request.query.split('&').filter_map(|pair| pair.split_once('='));
    let query: Vec<String> = pairs
        .clone()
        .map(|(name, value)| format!("{name}={}", percent_encode(value)))
        .collect();
    let mut headers = json!({
        "accept": "application/json", "content-type": "application/json", "host": "api.tiffin.example",
        "user-agent": "tiffin-bench/1.0", "x-forwarded-for": "203.0.113.7", "x-forwarded-proto": "https",
        "idempotency-key": request_id,
    });
    if !caller.token.is_empty() {
        headers["authorization"] = json!(format!("Bearer {}", caller.token));
    }
    if let Some(version) = request.if_match {
        headers["if-match"] = json!(format!("\"{version}\""));
    }
    let now = clock::now();
    let mut event = json!({
        "version": "2.0", "routeKey": request.operation, "rawPath": path, "rawQueryString": query.join("&"),
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000", "apiId": "bench", "domainName": "api.tiffin.example", "domainPrefix": "api",
            "http": {
                "method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                "userAgent": "tiffin-bench/1.0",
            },
            "requestId": request_id, "routeKey": request.operation, "stage": "$default",
            "time": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(), "timeEpoch": now.as_millisecond(),
        },
        "isBase64Encoded": false,
    });
    if !request.path.is_empty() {
        event["pathParameters"] = request
            .path
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)))
            .collect();
    }
    if !request.query.is_empty() {
        event["queryStringParameters"] = pairs.map(|(name, value)| (name.to_owned(), json!(value))).collect();
    }
    if !caller.claims.is_null() {
        event["requestContext"]["authorizer"] = json!({"jwt": {"claims": caller.claims, "scopes": null}});
    }
    if !request.body.is_null() {
        event["body"] = json!(request.body.to_string());
    }
    event
}
