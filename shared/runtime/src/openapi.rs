//! The OpenAPI document of a service: generated from its handlers, committed, and compared by a test.

mod answers;
mod parameters;
pub mod shapes;
mod whole;

use std::path::Path;

use axum::handler::Handler;
use axum::routing::MethodRouter;
use serde::Serialize as _;
use utoipa::openapi::OpenApi;
use utoipa_axum::PathItemExt as _;
use utoipa_axum::router::{OpenApiRouter, UtoipaMethodRouter};

/// The name under which operations demand the access token: `security(("token" = []))`.
pub const TOKEN: &str = "token";

/// An empty document for a service to add its operations to, with what the tags of its operations mean. A service that
/// extends or breaks its API after a release raises `info.version` of its own document.
#[must_use]
pub fn document(title: &str, description: &str, tags: &[(&str, &str)]) -> OpenApi {
    whole::begin(title, description, tags)
}

/// Operations on one path, as [`crate::routes!`] makes them of their handlers. What describes them is a type of its own,
/// so that a program which never asks for it does not contain it.
pub struct Routes<S, D> {
    path: String,
    methods: MethodRouter<S>,
    describe: D,
}

impl<S: Clone + Send + Sync + 'static, D: FnOnce() -> UtoipaMethodRouter<S>> Routes<S, D> {
    /// No operation yet, and what will describe them all.
    pub fn described_by(describe: D) -> Self {
        Self {
            path: String::new(),
            methods: MethodRouter::new(),
            describe,
        }
    }

    /// Adds the handler that `P` describes.
    #[must_use]
    #[expect(
        clippy::needless_pass_by_value,
        reason = "handlers are functions: nothing is gained by a reference"
    )]
    pub fn on<P, T, H>(mut self, handler: H) -> Self
    where
        P: utoipa::Path,
        T: 'static,
        H: Handler<T, S>,
    {
        self.path = P::path();
        for method in P::methods() {
            self.methods = self.methods.on(method.to_method_filter(), handler.clone());
        }
        self
    }

    /// Lets the bodies of these operations be larger or smaller than others.
    #[must_use]
    pub fn body_limit(mut self, bytes: usize) -> Self {
        self.methods = self.methods.layer(crate::body_limit(bytes));
        self
    }
}

/// What a service's operations are registered with: the router that serves them, or the document that describes them.
/// The two are apart so that a function carries, and builds at its start, nothing of the document.
pub trait Register<S>: Sized {
    /// Registers operations.
    #[must_use]
    fn routes<D: FnOnce() -> UtoipaMethodRouter<S>>(self, routes: Routes<S, D>) -> Self;
}

impl<S: Clone + Send + Sync + 'static> Register<S> for axum::Router<S> {
    fn routes<D: FnOnce() -> UtoipaMethodRouter<S>>(self, routes: Routes<S, D>) -> Self {
        self.route(&routes.path, routes.methods)
    }
}

impl<S: Clone + Send + Sync + 'static> Register<S> for OpenApiRouter<S> {
    fn routes<D: FnOnce() -> UtoipaMethodRouter<S>>(self, routes: Routes<S, D>) -> Self {
        Self::routes(self, (routes.describe)())
    }
}

/// The operations of handlers on one path: `routes!(place_order::place_order, list_orders::list_orders)`.
#[macro_export]
macro_rules! routes {
    ($($module:ident :: $handler:ident),+ $(,)?) => {{
        let routes = $crate::openapi::Routes::described_by(|| ::utoipa_axum::routes!($($module::$handler),+));
        $(let routes = ::utoipa_axum::paste! {
            routes.on::<$module::[<__path_ $handler>], _, _>($module::$handler)
        };)+
        routes
    }};
}

/// Compares a document with the committed file, which `UPDATE_OPENAPI=1` writes anew.
///
/// # Errors
/// When they differ: says what to do.
pub fn check(committed: &Path, document: &OpenApi) -> Result<(), String> {
    let mut document = document.clone();
    answers::complete(&mut document);
    whole::finish(&mut document);
    let current = written(&document).map_err(|error| error.to_string())?;
    if std::env::vars().any(|(name, value)| name == "UPDATE_OPENAPI" && value == "1") {
        return std::fs::write(committed, current).map_err(|error| error.to_string());
    }
    let known = std::fs::read_to_string(committed).unwrap_or_default();
    if known == current {
        return Ok(());
    }
    let place = known
        .lines()
        .zip(current.lines())
        .position(|(old, new)| old != new)
        .map_or(0, |line| line + 1);
    let file = committed.display();
    Err(format!(
        "{file} is not what the handlers say (first at line {place}): run with UPDATE_OPENAPI=1 and commit it"
    ))
}

/// A line for each value, so that changes can be read, without indentation, which would be two fifths of what every function
/// carries.
fn written(document: &OpenApi) -> serde_json::Result<String> {
    let mut text = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b"");
    document.serialize(&mut serde_json::Serializer::with_formatter(&mut text, formatter))?;
    text.push(b'\n');
    Ok(String::from_utf8_lossy(&text).into_owned())
}
