//! What the tests of the handlers begin with: the service, and a user pool that answers what was prepared.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use handlerkit::{Caller, Service};
use kernel::{Role, TypedId as _, UserId};
use serde_json::{Value, json};

use crate::app::App;

/// What the operations of the user pool begin with.
const POOL: &str = "AWSCognitoIdentityProviderService.";
pub const EMAIL: &str = "ada@example.com";
pub const PASSWORD: &str = "seven blue herons";

/// The service.
pub struct Scene {
    pub service: Service,
}

impl Scene {
    pub fn begin() -> Self {
        let variables = [
            ("USER_POOL_ID", "eu-central-1_pool"),
            ("USER_POOL_CLIENT_ID", "client"),
            ("USER_POOL_CLIENT_SECRET", "secret"),
            ("ADDRESS_BUDGET_FACTOR", "1"),
            ("TEXT_COUNTRIES", "NL"),
            ("OPERATORS_WITHOUT_SECOND_FACTOR", ""),
        ];
        Self {
            service: Service::start("user", variables, |edge| crate::api::router(App::new(edge).unwrap())),
        }
    }

    /// From now on, the user pool answers an operation so.
    pub fn pool(&self, operation: &str, body: &Value) {
        let operation = format!("{POOL}{operation}");
        self.service.aws().answer(&operation, 200, &body.to_string());
    }

    /// From now on, the user pool refuses an operation.
    pub fn pool_refuses(&self, operation: &str, error: &str) {
        let body = json!({"__type": error, "message": "no"});
        let operation = format!("{POOL}{operation}");
        self.service.aws().answer(&operation, 400, &body.to_string());
    }

    /// From now on, the user pool knows this account, in a state such as `CONFIRMED`, and these groups of it.
    pub fn account(&self, user_id: UserId, email: &str, status: &str, groups: &[Role]) {
        let sub = user_id.uuid().to_string();
        let account = json!({
            "Username": sub, "UserStatus": status, "UserAttributes": [
                {"Name": "sub", "Value": sub}, {"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"},
            ],
        });
        self.pool("AdminGetUser", &account);
        self.groups(groups);
    }

    /// From now on, accounts are in these groups.
    pub fn groups(&self, groups: &[Role]) {
        let groups: Vec<_> = groups.iter().map(|role| json!({"GroupName": role})).collect();
        self.pool("AdminListGroupsForUser", &json!({"Groups": groups}));
    }

    /// The bodies of what the user pool was asked of one operation.
    pub fn asked(&self, operation: &str) -> Vec<Value> {
        let operation = format!("{POOL}{operation}");
        let asked = self.service.aws().asked().into_iter();
        let asked = asked.filter(|(request, _)| *request == operation);
        asked.map(|(_, body)| serde_json::from_str(&body).unwrap()).collect()
    }

    /// Somebody with an account and a record, which the first request of a token's owner makes.
    pub async fn enrol(&self, email: &str, roles: &[Role]) -> Caller {
        let person = self.service.person(roles);
        self.account(person.user_id(), email, "CONFIRMED", roles);
        person.get("/v1/users/me").await.is(200);
        person
    }
}

/// A token with these claims.
pub fn token(claims: &Value) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// What the user pool lets a person in with.
pub fn tokens(user_id: UserId, email: &str, roles: &[Role], refresh_token: Option<&str>) -> Value {
    let claims = json!({
        "sub": user_id.uuid().to_string(), "email": email, "email_verified": true, "cognito:groups": roles,
    });
    let token = token(&claims);
    json!({"AuthenticationResult": {
        "AccessToken": token, "IdToken": token, "RefreshToken": refresh_token, "ExpiresIn": 3600,
    }})
}
