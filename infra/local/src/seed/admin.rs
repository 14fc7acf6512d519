//! What the public interface cannot mend: accounts in the user pool, an operator whom nobody can let in again, and counters
//! of what was done too often. It is done as the owner of an account does it on AWS, past the services.

use std::sync::OnceLock;

use client::Aws;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::failure::{Failure, OrFail, Outcome};
use crate::outputs::Outputs;
use crate::platform::Service;
use crate::secrets::PASSWORD;

/// What is counted for each person, by the service that counts it. The functions hold the limits.
const COUNTED_BY_ID: [(&str, &str); 6] = [
    ("user", "phone_code_by_person"),
    ("user", "verify_phone"),
    ("user", "totp"),
    ("order", "create_quote"),
    ("payment", "add_payment_method"),
    ("notification", "issue_live_ticket"),
];
const COUNTED_BY_EMAIL: [(&str, &str); 4] = [
    ("user", "sign_in_failures_by_email"),
    ("user", "sign_up_by_email"),
    ("user", "confirm_by_email"),
    ("user", "resend_code_by_email"),
];
const COUNTED_BY_PHONE: [(&str, &str); 1] = [("user", "phone_code_by_number")];
const COUNTED_BY_RESTAURANT: [(&str, &str); 2] = [("restaurant", "menus_saved"), ("restaurant", "menus_published")];

/// The means of whoever owns the account.
pub struct Admin<'a> {
    aws: Aws,
    outputs: &'a Outputs,
    services: OnceLock<Vec<Service>>,
}

/// An account as the user pool has it.
pub struct Account {
    /// The user's id, as the API says it.
    pub user_id: String,
    /// Whether it may sign in.
    pub enabled: bool,
    /// Whether its address was confirmed.
    pub confirmed: bool,
    /// Whether it asks for a one-time password.
    pub second_factor: bool,
}

impl<'a> Admin<'a> {
    /// The means at a running copy.
    pub fn new(outputs: &'a Outputs) -> Self {
        Self {
            aws: outputs.aws(),
            outputs,
            services: OnceLock::new(),
        }
    }

    /// Calls an operation of the user pool about an account.
    ///
    /// # Errors
    /// When the pool refuses.
    pub fn pool(&self, operation: &str, email: &str, mut body: Value) -> Outcome<Value> {
        body["UserPoolId"] = json!(self.outputs.user_pool_id);
        if !email.is_empty() {
            body["Username"] = json!(email);
        }
        let target = format!("AWSCognitoIdentityProviderService.{operation}");
        Ok(self.aws.json("cognito-idp", &target, &body)?)
    }

    /// The account with an address, if there is one.
    ///
    /// # Errors
    /// When the pool does not answer.
    pub fn account(&self, email: &str) -> Outcome<Option<Account>> {
        let filter = json!({"Filter": format!("email = \"{email}\"")});
        let found = self.pool("ListUsers", "", filter)?;
        if found["Users"].as_array().is_none_or(Vec::is_empty) {
            return Ok(None);
        }
        let known = self.pool("AdminGetUser", email, json!({}))?;
        let attributes = known["UserAttributes"].as_array().into_iter().flatten();
        let subject = attributes.into_iter().find(|one| one["Name"] == "sub");
        let subject = subject.and_then(|one| one["Value"].as_str()).unwrap_or_default();
        Ok(Some(Account {
            user_id: user_id(subject)?,
            enabled: known["Enabled"] == true,
            confirmed: known["UserStatus"] != "UNCONFIRMED",
            second_factor: known["UserMFASettingList"]
                .as_array()
                .is_some_and(|list| !list.is_empty()),
        }))
    }

    /// Gives an account the password of all that is seeded.
    ///
    /// # Errors
    /// When the pool refuses.
    pub fn set_password(&self, email: &str) -> Outcome {
        let body = json!({"Password": PASSWORD, "Permanent": true});
        self.pool("AdminSetUserPassword", email, body).map(drop)
    }

    /// Lets an account sign in with its password alone.
    ///
    /// # Errors
    /// When the pool refuses.
    pub fn drop_second_factor(&self, email: &str) -> Outcome {
        let off = json!({"SoftwareTokenMfaSettings": {"Enabled": false, "PreferredMfa": false}});
        self.pool("AdminSetUserMFAPreference", email, off).map(drop)
    }

    /// Makes somebody an operator who was one, and nothing else.
    ///
    /// # Errors
    /// When the pool or a table refuses.
    pub fn make_operator(&self, email: &str, user_id: &str) -> Outcome {
        let groups = self.pool("AdminListGroupsForUser", email, json!({}))?;
        for group in groups["Groups"].as_array().into_iter().flatten() {
            if group["GroupName"] != "operator" {
                let name = json!({"GroupName": group["GroupName"]});
                self.pool("AdminRemoveUserFromGroup", email, name)?;
            }
        }
        self.pool("AdminAddUserToGroup", email, json!({"GroupName": "operator"}))?;
        let record = json!({
            "Key": key(&format!("USER#{user_id}"), "PROFILE"),
            "UpdateExpression": "SET #roles = :roles, #version = #version + :one REMOVE suspended",
            "ConditionExpression": "attribute_exists(pk)",
            "ExpressionAttributeNames": {"#roles": "roles", "#version": "version"},
            "ExpressionAttributeValues": {":roles": {"L": [{"S": "operator"}]}, ":one": {"N": "1"}},
        });
        self.table("user", "UpdateItem", record)?;
        // What services remember of a role that was taken away.
        for service in self.services()? {
            let standing = key(&format!("STANDING#{user_id}"), "STANDING");
            self.table(service.name, "DeleteItem", json!({"Key": standing}))?;
        }
        Ok(())
    }

    /// Forgets how often a person has done what may be done only so often.
    ///
    /// # Errors
    /// When a table does not answer.
    pub fn forget_person(&self, user_id: &str, email: &str, phone: Option<&str>) -> Outcome {
        self.forget(&COUNTED_BY_ID, user_id)?;
        self.forget(&COUNTED_BY_EMAIL, email)?;
        phone.map_or(Ok(()), |phone| self.forget(&COUNTED_BY_PHONE, phone))
    }

    /// Forgets how often a restaurant's menu has been changed.
    ///
    /// # Errors
    /// When a table does not answer.
    pub fn forget_restaurant(&self, restaurant_id: &str) -> Outcome {
        self.forget(&COUNTED_BY_RESTAURANT, restaurant_id)
    }

    fn forget(&self, counted: &[(&str, &str)], who: &str) -> Outcome {
        for (service, operation) in counted {
            let partition = format!("BUDGET#{operation}#{}", digest(who));
            let query = json!({
                "KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": partition}},
            });
            let found = self.table(service, "Query", query)?;
            for item in found["Items"].as_array().into_iter().flatten() {
                let window = json!({"pk": item["pk"], "sk": item["sk"]});
                self.table(service, "DeleteItem", json!({"Key": window}))?;
            }
        }
        Ok(())
    }

    /// Calls an operation of `DynamoDB` on a service's table.
    fn table(&self, service: &str, operation: &str, mut body: Value) -> Outcome<Value> {
        let service = self.services()?.iter().find(|one| one.name == service);
        let table = service.and_then(|service| service.resources.get("Table"));
        let (table, _) = table.ok_or_else(|| {
            let why = "the stack has none";
            Failure::new(
                "Cannot find the table of a service",
                why,
                "start again with `cargo local up`",
            )
        })?;
        body["TableName"] = json!(table);
        Ok(self
            .aws
            .json("dynamodb", &format!("DynamoDB_20120810.{operation}"), &body)?)
    }

    fn services(&self) -> Outcome<&[Service]> {
        if let Some(known) = self.services.get() {
            return Ok(known);
        }
        let found = Service::all(&self.aws)?;
        Ok(self.services.get_or_init(|| found))
    }
}

fn key(partition: &str, sort: &str) -> Value {
    json!({"pk": {"S": partition}, "sk": {"S": sort}})
}

/// What the services put into the keys of counters instead of an address or an id: half of its SHA-256.
fn digest(text: &str) -> String {
    let bytes = Sha256::digest(text.as_bytes());
    let half = bytes[..16]
        .iter()
        .fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
    format!("{half:032x}")
}

/// The id that the API has for an account of the pool: its UUID in Crockford's base32.
fn user_id(subject: &str) -> Outcome<String> {
    const LETTERS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let digits = subject.replace('-', "");
    let number = u128::from_str_radix(&digits, 16).or_fail("An account has no id", "report this as a defect")?;
    let letter = |place: u32| {
        let five_bits = usize::try_from((number >> (5 * place)) & 31).unwrap_or_default();
        char::from(LETTERS[five_bits])
    };
    Ok(format!("usr_{}", (0..26).rev().map(letter).collect::<String>()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_has_the_id_that_the_user_service_gives_it() {
        let known = user_id("5daf9267-f0b8-4341-ad9c-1de8d6865ce6").unwrap();
        assert_eq!(known, "usr_2xny96fw5r8d0tv70xx3b8cq76");
        assert!(user_id("olga").is_err());
    }

    #[test]
    fn a_counter_is_found_by_the_digest_that_the_services_write() {
        assert_eq!(digest("abc"), "ba7816bf8f01cfea414140de5dae2223");
    }
}
