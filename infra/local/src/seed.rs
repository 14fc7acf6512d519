//! A small city: someone of every role, three open restaurants and three couriers, made through the public API alone.
//!
//! Only the operator is made in the user pool directly, as on AWS: nobody can sign up as one.

use std::thread;

use serde_json::{Value, json};

use crate::api::Api;
use crate::aws::Aws;
use crate::failure::{Failure, OrFail, Outcome};
use crate::outputs::{City, Login, Outputs};
use crate::secrets::PASSWORD;
use crate::ui::Step;

/// The people and the restaurants.
const CITY: &str = include_str!("../city.json");

/// The city as it is written down.
///
/// # Errors
/// When `city.json` is no JSON.
pub fn city() -> Outcome<Value> {
    serde_json::from_str(CITY).or_fail("Cannot understand infra/local/city.json", "correct it")
}

/// Fills an empty platform, and adds the logins to the outputs.
///
/// # Errors
/// When the API refuses something.
pub fn run(outputs: &mut Outputs) -> Outcome {
    let step = Step::begin("Seeding a small city");
    let city = city()?;
    let operator = make_operator(outputs, &city["operator"])?;
    let shared = &*outputs;
    let (restaurants, couriers) = thread::scope(|scope| {
        let customer = scope.spawn(|| make_customer(shared, &city["customer"]));
        let restaurants = scope.spawn(|| make_restaurants(shared, &city, &operator));
        let couriers: Vec<_> = list(&city["couriers"])
            .iter()
            .map(|courier| (courier, scope.spawn(|| make_courier(shared, courier, &operator))))
            .collect();
        join(customer.join())?;
        let restaurants = join(restaurants.join())?;
        let logins = couriers
            .into_iter()
            .map(|(courier, made)| join(made.join()).map(|()| login("courier", courier)));
        Ok::<_, Failure>((restaurants, logins.collect::<Outcome<Vec<_>>>()?))
    })?;
    outputs.logins = vec![
        login("customer", &city["customer"]),
        login("restaurant", &city["owner"]),
    ];
    outputs.logins.extend(couriers.first().cloned());
    outputs.logins.push(login("operator", &city["operator"]));
    step.done(&format!(
        "{} restaurants, {} couriers",
        restaurants.len(),
        couriers.len()
    ));
    outputs.city = City {
        restaurant_ids: restaurants,
        couriers,
    };
    Ok(())
}

/// The members of a JSON list.
pub fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn login(role: &str, person: &Value) -> Login {
    let email = person["email"].as_str().unwrap_or_default().to_owned();
    Login {
        role: role.to_owned(),
        email,
        password: PASSWORD.to_owned(),
    }
}

/// Passes on what a thread returned.
fn join<T>(result: thread::Result<Outcome<T>>) -> Outcome<T> {
    result.unwrap_or_else(|_| {
        Err(Failure::new(
            "Seeding broke off",
            "a thread panicked",
            "report this as a defect",
        ))
    })
}

fn make_operator(outputs: &Outputs, person: &Value) -> Outcome<Api> {
    let aws = Aws::new(&outputs.aws_endpoint);
    let email = person["email"].as_str().unwrap_or_default();
    let call = |operation: &str, mut body: Value| {
        body["UserPoolId"] = json!(outputs.user_pool_id);
        body["Username"] = json!(email);
        aws.json(
            "cognito-idp",
            &format!("AWSCognitoIdentityProviderService.{operation}"),
            &body,
        )
    };
    let attributes = json!([
        {"Name": "email", "Value": email},
        {"Name": "email_verified", "Value": "true"},
        {"Name": "name", "Value": person["name"]},
    ]);
    call(
        "AdminCreateUser",
        json!({"UserAttributes": attributes, "MessageAction": "SUPPRESS"}),
    )?;
    call("AdminSetUserPassword", json!({"Password": PASSWORD, "Permanent": true}))?;
    call("AdminAddUserToGroup", json!({"GroupName": "operator"}))?;
    Api::sign_in(outputs, email, PASSWORD)
}

fn make_customer(outputs: &Outputs, person: &Value) -> Outcome {
    let api = Api::enrol(outputs, person, "customer")?;
    api.verify_phone(outputs, person["phone"].as_str().unwrap_or_default())?;
    api.post("/v1/users/me/addresses", &person["address"])?;
    api.post("/v1/payment-methods", &json!({"provider_token": "pm_card_visa"}))?;
    Ok(())
}

fn make_restaurants(outputs: &Outputs, city: &Value, operator: &Api) -> Outcome<Vec<String>> {
    let owner = Api::enrol(outputs, &city["owner"], "restaurant")?;
    let open = |description| make_restaurant(&owner, description, operator);
    list(&city["restaurants"]).iter().map(open).collect()
}

fn make_restaurant(owner: &Api, description: &Value, operator: &Api) -> Outcome<String> {
    let restaurant = owner.post("/v1/restaurants", &description["restaurant"])?;
    let id = restaurant["restaurant_id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/v1/restaurants/{id}");
    owner.put(&format!("{path}/hours"), &description["hours"])?;
    owner.put(&format!("{path}/zones"), &description["zones"])?;
    owner.put(&format!("{path}/menu"), &description["menu"])?;
    owner.post(&format!("{path}/menu/publish"), &json!({}))?;
    owner.post(&format!("{path}/submit"), &json!({}))?;
    operator.post(&format!("{path}/approve"), &json!({}))?;
    Ok(id)
}

fn make_courier(outputs: &Outputs, person: &Value, operator: &Api) -> Outcome {
    let api = Api::enrol(outputs, person, "courier")?;
    let courier = api.post("/v1/couriers", &json!({"vehicle": person["vehicle"], "documents": []}))?;
    let id = courier["courier_id"].as_str().unwrap_or_default();
    operator.post(&format!("/v1/couriers/{id}/approve"), &json!({}))?;
    Ok(())
}
