//! The committed templates are what is generated.

use std::error::Error as _;
use std::fs;
use std::path::Path;

use super::{Error, template};

#[test]
fn templates_are_what_their_descriptions_say() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    for description in fs::read_dir(root.join("infra/templates/services")).unwrap() {
        let description = description.unwrap().path();
        let service = description.file_stem().unwrap().to_str().unwrap();
        let openapi = fs::read_to_string(root.join(format!("functions/{service}/openapi.json"))).unwrap();
        let generated = template(service, &fs::read_to_string(&description).unwrap(), &openapi)
            .unwrap_or_else(|error| panic!("{service}: {error}: {:?}", error.source()));
        let file = root.join(format!("infra/{service}.yaml"));
        if std::env::vars().any(|(name, value)| name == "UPDATE_TEMPLATES" && value == "1") {
            fs::write(&file, &generated).unwrap();
        }
        let committed = fs::read_to_string(&file).unwrap_or_default();
        let differs = committed
            .lines()
            .zip(generated.lines())
            .position(|(old, new)| old != new);
        assert!(
            committed == generated,
            "infra/{service}.yaml is not what its description and operations say (first at line {}): run with UPDATE_TEMPLATES=1 and commit it",
            differs.map_or(0, |line| line + 1)
        );
    }
}

/// A description of the least service that there can be.
const LEAST: &str = "{about: nothing., functions: {api: {}, outbox: {}}}";

#[test]
fn an_operation_becomes_a_route_with_its_gate() {
    let openapi =
        r#"{"paths": {"/v1/maps/{map_id}": {"get": {"operationId": "get_map", "security": [{"token": []}]}}}}"#;
    let generated = template("map", LEAST, openapi).unwrap();
    let route = "  GetMapRoute:
    Type: AWS::ApiGatewayV2::Route
    Properties:
      ApiId: !Ref HttpApiId
      RouteKey: GET /v1/maps/{map_id}
      Target: !Sub integrations/${ApiIntegration}
      AuthorizationType: JWT
      AuthorizerId: !Ref AuthorizerId
";
    assert!(generated.contains(route), "{generated}");
}

#[test]
fn an_operation_without_a_token_needs_a_reason() {
    let openapi = r#"{"paths": {"/v1/maps": {"get": {"operationId": "list_maps", "security": []}}}}"#;
    let refused = template("map", LEAST, openapi);
    assert!(matches!(refused, Err(Error::PublicWithoutReason(name)) if name == "list_maps"));
}

#[test]
fn nothing_of_a_description_is_passed_over() {
    let unknown_field = LEAST.replace("about", "abuot: a typing error, about");
    assert!(matches!(template("map", &unknown_field, "{}"), Err(Error::Field(_))));
    let unknown_section = format!("{LEAST}\n---\nMappings:\n  A: {{}}\n");
    let refused = template("map", &unknown_section, "{}");
    assert!(matches!(refused, Err(Error::UnknownSection(name)) if name == "Mappings:"));
}
