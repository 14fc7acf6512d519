//! What the tests of the handlers begin with: the service, and the people of one restaurant.

use contracts::restaurant::StaffRole;
use handlerkit::{Caller, Service};
use kernel::Role;
use serde_json::{Value, json};

use crate::app::App;
use crate::domain::menu::cast::menu;
use crate::domain::restaurant::cast::profile;

/// The service with an owner and an operator.
pub struct Scene {
    pub service: Service,
    pub owner: Caller,
    pub operator: Caller,
    pub customer: Caller,
}

impl Scene {
    pub fn begin() -> Self {
        let service = Service::start("restaurant", [("ADDRESS_BUDGET_FACTOR", "1")], |edge| {
            crate::api::router(App::new(edge))
        });
        Self {
            owner: service.person(&[Role::Restaurant]),
            operator: service.person(&[Role::Operator]),
            customer: service.person(&[Role::Customer]),
            service,
        }
    }

    /// A draft of the owner's: its path.
    pub async fn draft(&self) -> String {
        let created = self.owner.post("/v1/restaurants", &new_restaurant()).await.expect(201);
        format!("/v1/restaurants/{}", created["restaurant_id"].as_str().unwrap())
    }

    /// A restaurant that waits for approval: its path.
    pub async fn submitted(&self) -> String {
        let path = self.draft().await;
        self.owner.post(&format!("{path}/submit"), &Value::Null).await.is(200);
        path
    }

    /// A public restaurant: its path.
    pub async fn public(&self) -> String {
        let path = self.submitted().await;
        let approve = format!("{path}/approve");
        self.operator.post(&approve, &Value::Null).await.is(200);
        path
    }

    /// A public restaurant with a published menu: its path.
    pub async fn with_menu(&self) -> String {
        let path = self.public().await;
        self.owner.put(&format!("{path}/menu"), &draft_menu()).await.is(200);
        self.owner
            .post(&format!("{path}/menu/publish"), &Value::Null)
            .await
            .is(200);
        path
    }

    /// Somebody who was invited to a restaurant and came.
    pub async fn hire(&self, path: &str, role: StaffRole) -> Caller {
        let person = self.service.person(&[Role::Restaurant]);
        let staff = format!("{path}/staff/{}", person.user_id());
        self.owner.put(&staff, &json!({"role": role})).await.is(200);
        person.post(&format!("{path}/staff/accept"), &Value::Null).await.is(200);
        person
    }
}

pub fn new_restaurant() -> Value {
    serde_json::to_value(profile()).unwrap()
}

pub fn draft_menu() -> Value {
    json!({"categories": menu().categories})
}

/// A field of each record on a page.
pub fn column(page: &Value, field: &str) -> Vec<Value> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|item| item[field].clone()).collect()
}
