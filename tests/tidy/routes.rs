//! The gateway's routes and the services' own descriptions of their operations say the same.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::yaml::{resources, template};
use super::{SERVICES, no_complaints, read, root};

/// Routes that describe the API and are no part of it.
const DOCS: &str = "/v1/docs";

/// Who may come through a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Gate {
    Everyone,
    Token,
    Services,
}

/// The routes of a template, by `METHOD /path`.
fn routes(service: &str) -> BTreeMap<String, Gate> {
    let template = template(&format!("infra/{service}.yaml"));
    let routes = resources(&template, "AWS::ApiGatewayV2::Route");
    let http = routes.into_iter().filter_map(|(name, route)| {
        let key = route["Properties"]["RouteKey"].as_str()?;
        let (_, path) = key.split_once(' ')?;
        let gate = match route["Properties"]["AuthorizationType"].as_str() {
            Some("JWT") => Gate::Token,
            Some("AWS_IAM") => Gate::Services,
            Some("NONE") | None => Gate::Everyone,
            Some(other) => panic!("{service}: {name} is guarded by {other}"),
        };
        (!path.starts_with(DOCS)).then(|| (key.to_owned(), gate))
    });
    http.collect()
}

/// The paths that a service describes, with their methods.
fn paths(service: &str) -> Map<String, Value> {
    let file = format!("functions/{service}/openapi.json");
    let document: Value = serde_json::from_str(&read(&root().join(&file))).unwrap();
    let paths = document["paths"].as_object().cloned();
    paths.unwrap_or_else(|| panic!("{file} describes nothing"))
}

/// The operations that a service describes, by `METHOD /path`.
fn operations(service: &str) -> BTreeMap<String, Gate> {
    let mut operations = BTreeMap::new();
    for (path, methods) in &paths(service) {
        for (method, operation) in methods
            .as_object()
            .unwrap()
            .iter()
            .filter(|(_, one)| one["responses"].is_object())
        {
            let ways_in = operation["security"].as_array().unwrap();
            let by = |scheme: &str| ways_in.iter().any(|way| way[scheme].is_array());
            let gate = if by("signature") {
                Gate::Services
            } else if by("token") {
                Gate::Token
            } else {
                Gate::Everyone
            };
            if !path.starts_with(DOCS) {
                operations.insert(format!("{} {path}", method.to_uppercase()), gate);
            }
        }
    }
    operations
}

#[test]
fn every_operation_has_a_route_with_the_same_gate_and_the_other_way_round() {
    let mut complaints = Vec::new();
    for service in SERVICES {
        let (routes, operations) = (routes(service), operations(service));
        for (key, gate) in &operations {
            match routes.get(key) {
                Some(route) if route == gate => {}
                Some(route) => complaints.push(format!(
                    "{service}: {key} is {gate:?} in openapi.json, {route:?} in the template"
                )),
                None => complaints.push(format!("{service}: {key} has no route")),
            }
        }
        let unknown = routes
            .keys()
            .filter(|key| !operations.contains_key(*key) && !key.contains(" /internal/"));
        complaints.extend(unknown.map(|key| format!("{service}: the route {key} leads to no operation")));
    }
    no_complaints(complaints);
}

#[test]
fn internal_routes_are_for_services_alone() {
    let all = SERVICES.into_iter().flat_map(routes);
    no_complaints(all.filter_map(|(key, gate)| {
        let internal = key.contains(" /internal/");
        (internal != (gate == Gate::Services)).then(|| format!("{key} is guarded as {gate:?}"))
    }));
}

/// `cargo local bench requests` measures every public operation: its tour calls each by name.
#[test]
fn the_tour_of_the_benchmark_calls_every_operation() {
    let folder = root().join("infra/local/src/commands/bench/requests");
    let mut tour = read(&folder.join("tour.rs"));
    for file in std::fs::read_dir(folder.join("tour")).unwrap() {
        tour += &read(&file.unwrap().path());
    }
    let left_out = SERVICES.iter().flat_map(|service| {
        let public = operations(service)
            .into_iter()
            .filter(|(_, gate)| *gate != Gate::Services);
        public.map(|(operation, _)| operation).collect::<Vec<_>>()
    });
    let left_out = left_out.filter(|operation| !tour.contains(&format!("\"{operation}\"")));
    no_complaints(left_out.map(|operation| format!("the tour leaves out {operation}")));
}

/// Who calls the API reads there when the next token is due.
#[test]
fn the_documents_say_how_long_a_token_lives() {
    let template = template("infra/user.yaml");
    let (_, client) = resources(&template, "AWS::Cognito::UserPoolClient")[0];
    let client = &client["Properties"];
    let lifetime = |token: &str| {
        let number = client[format!("{token}TokenValidity").as_str()].as_u64().unwrap();
        let unit = client["TokenValidityUnits"][format!("{token}Token").as_str()]
            .as_str()
            .unwrap();
        format!("lives {number} {unit}")
    };
    let lifetimes = ["Access", "Refresh"].map(lifetime);
    let mut complaints = Vec::new();
    for service in SERVICES {
        let text = read(&root().join(format!("functions/{service}/openapi.json")));
        let document: Value = serde_json::from_str(&text).unwrap();
        let scheme = &document["components"]["securitySchemes"]["token"]["description"];
        let said = scheme.as_str().unwrap_or_default();
        let missing = lifetimes.iter().filter(|lifetime| !said.contains(lifetime.as_str()));
        complaints
            .extend(missing.map(|lifetime| format!("{service}: the token's scheme does not say that one {lifetime}")));
    }
    no_complaints(complaints);
}
