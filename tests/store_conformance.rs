//! The commit against DynamoDB's own interface, as the platform has it.

#[path = "../shared/store/tests/conformance/cases.rs"]
mod cases;
#[path = "../shared/store/tests/conformance/tables.rs"]
mod tables;

use aws_config::Region;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::config::{BehaviorVersion, Credentials};
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, GlobalSecondaryIndex, KeySchemaElement, KeyType, Projection, ProjectionType,
    ScalarAttributeType,
};
use store::Table;
use testkit::Stack;
use uuid::Uuid;

fn key_schema([partition, sort]: [&str; 2]) -> Vec<KeySchemaElement> {
    let element = |(name, kind)| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
    [(partition, KeyType::Hash), (sort, KeyType::Range)]
        .map(|one| element(one).unwrap())
        .into()
}

fn index(name: &str, keys: [&str; 2], projection: ProjectionType) -> GlobalSecondaryIndex {
    GlobalSecondaryIndex::builder()
        .index_name(name)
        .set_key_schema(Some(key_schema(keys)))
        .projection(Projection::builder().projection_type(projection).build())
        .build()
        .unwrap()
}

/// A table of this test run, keyed like every service's.
async fn table() -> Table {
    let outputs = &Stack::get().outputs;
    let config = aws_sdk_dynamodb::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(outputs.region.clone()))
        .endpoint_url(&outputs.aws_endpoint)
        .credentials_provider(Credentials::new("test", "test", None, None, "the emulator"))
        .build();
    let client = Client::from_conf(config);
    let name = format!("conformance-{}", Uuid::new_v4());
    let attribute = |name| {
        let definition = AttributeDefinition::builder().attribute_name(name);
        definition.attribute_type(ScalarAttributeType::S).build().unwrap()
    };
    let attributes = ["pk", "sk", "gsi1pk", "gsi1sk", "gsi2pk", "gsi2sk"].map(attribute);
    client
        .create_table()
        .table_name(&name)
        .billing_mode(BillingMode::PayPerRequest)
        .set_attribute_definitions(Some(attributes.into()))
        .set_key_schema(Some(key_schema(["pk", "sk"])))
        .global_secondary_indexes(index("GSI1", ["gsi1pk", "gsi1sk"], ProjectionType::All))
        .global_secondary_indexes(index("GSI2", ["gsi2pk", "gsi2sk"], ProjectionType::KeysOnly))
        .send()
        .await
        .unwrap();
    Table::new(client, &name)
}
