//! Who asks the service.

use axum::body::Body;
use http::Method;
use kernel::{Role, TypedId as _, UserId};
use serde_json::{Value, json};
use testkit::{Documents, Reply};
use tower::ServiceExt as _;

use crate::Service;

/// Somebody who sends requests.
#[derive(Clone)]
pub struct Caller {
    service: Service,
    /// What the gateway found out of the caller.
    authorizer: Value,
    user_id: UserId,
}

impl Caller {
    pub(crate) fn person(service: Service, user_id: UserId, roles: &[Role]) -> Self {
        let roles: Vec<_> = roles.iter().map(|role| role.as_str()).collect();
        let claims = json!({
            "sub": user_id.uuid().to_string(), "token_use": "access", "cognito:groups": format!("[{}]", roles.join(" ")),
        });
        Self {
            service,
            authorizer: json!({"jwt": {"claims": claims, "scopes": null}}),
            user_id,
        }
    }

    pub(crate) fn nobody(service: Service) -> Self {
        Self {
            service,
            authorizer: Value::Null,
            user_id: UserId::from_uuid(uuid::Uuid::nil()),
        }
    }

    pub(crate) fn service(service: Service) -> Self {
        let role =
            json!({"accountId": "123456789012", "userArn": "arn:aws:sts::123456789012:assumed-role/another/service"});
        Self {
            authorizer: json!({"iam": role}),
            ..Self::nobody(service)
        }
    }

    /// The person's id; that of nobody for who is none.
    #[must_use]
    pub const fn user_id(&self) -> UserId {
        self.user_id
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.call(&Method::GET, path, &[], None).await
    }

    /// `POST` with a new `Idempotency-Key`.
    pub async fn post(&self, path: &str, body: &Value) -> Reply {
        self.post_with_key(path, body, &self.service.draw("key")).await
    }

    /// `POST` with a given `Idempotency-Key`.
    pub async fn post_with_key(&self, path: &str, body: &Value, key: &str) -> Reply {
        self.call(&Method::POST, path, &[("idempotency-key", key)], Some(body))
            .await
    }

    /// `PUT`.
    pub async fn put(&self, path: &str, body: &Value) -> Reply {
        self.call(&Method::PUT, path, &[], Some(body)).await
    }

    /// `PATCH` of a version.
    pub async fn patch(&self, path: &str, version: &Value, body: &Value) -> Reply {
        let version = format!("\"{version}\"");
        self.call(&Method::PATCH, path, &[("if-match", &version)], Some(body))
            .await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.call(&Method::DELETE, path, &[], None).await
    }

    /// Sends a request, and gives the answer, which is as the service's document describes it.
    ///
    /// # Panics
    /// When it is not.
    pub async fn call(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: Option<&Value>) -> Reply {
        let body = body.map(Value::to_string);
        let shown = format!("{method} {path}");
        let event = self.event(method, path, headers, body.as_deref());
        let request = lambda_http::request::from_str(&event.to_string())
            .unwrap_or_else(|error| panic!("{shown}: the gateway sends no such request: {error}"));
        let request = request.map(|body| Body::from(body.to_vec()));
        let response = match self.service.router().oneshot(request).await {
            Ok(response) => response,
            Err(never) => match never {},
        };
        let (parts, content) = response.into_parts();
        let content = axum::body::to_bytes(content, usize::MAX).await;
        let content = content.unwrap_or_else(|error| panic!("{shown}: {error}"));
        let text = String::from_utf8_lossy(&content).into_owned();
        let header = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        };
        let body = body.unwrap_or_default();
        let reply = Reply {
            request: shown,
            sent: body.clone(),
            status: parts.status.as_u16(),
            headers: parts.headers.iter().map(header).collect(),
            body: serde_json::from_str(&text).unwrap_or_default(),
            text,
        };
        // Calls between services are described by their contracts.
        let is_public = !path.starts_with("/internal/");
        if is_public && let Some(complaint) = Documents::get().complaint(method.as_str(), path, body.as_bytes(), &reply)
        {
            panic!("{complaint}\n{} {}\n{}", reply.request, reply.sent, reply.text);
        }
        reply
    }

    /// The request as the gateway hands it to the function.
    fn event(&self, method: &Method, path: &str, headers: &[(&str, &str)], body: Option<&str>) -> Value {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        let all = [("host", "api.example.com"), ("content-type", "application/json")];
        let headers: serde_json::Map<_, _> = all
            .iter()
            .chain(headers)
            .map(|(name, value)| ((*name).to_owned(), Value::from(*value)))
            .collect();
        let mut context = json!({
            "accountId": "123456789012", "apiId": "api", "stage": "$default", "routeKey": format!("{method} {path}"),
            "requestId": self.service.draw("request"), "timeEpoch": self.service.now().as_millisecond(),
            "http": {
                "method": method.as_str(), "path": path, "protocol": "HTTP/1.1", "sourceIp": "203.0.113.7",
                "userAgent": "handlerkit",
            },
        });
        if !self.authorizer.is_null() {
            context["authorizer"] = self.authorizer.clone();
        }
        json!({
            "version": "2.0", "routeKey": format!("{method} {path}"), "rawPath": path, "rawQueryString": query,
            "headers": headers, "requestContext": context, "body": body, "isBase64Encoded": false,
        })
    }
}
