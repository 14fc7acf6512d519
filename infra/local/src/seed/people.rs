//! A person of the city: an account that lets in with the seeded password, and is what it should be.

use client::{Api, Method, Reply};
use serde_json::{Value, json};

use crate::failure::{Failure, Outcome};
use crate::secrets::PASSWORD;

use super::admin::Account;
use super::list;
use super::mender::Mender;

/// How often a sign-in is tried: a password, a suspension and the roles may each be wrong.
const SIGN_INS_MAX: u32 = 5;

/// The most addresses and means of payment that a person may have.
const KEPT_MAX: usize = 20;

/// Finds or makes the operator, whom nobody else can let in again.
///
/// # Errors
/// When the platform refuses something.
pub fn operator(mender: &Mender<'_>, person: &Value) -> Outcome<Api> {
    let email = text(person, "email");
    if mender.admin.account(email)?.is_none() {
        let attributes = json!([
            {"Name": "email", "Value": email},
            {"Name": "email_verified", "Value": "true"},
            {"Name": "name", "Value": person["name"]},
        ]);
        let account = json!({"UserAttributes": attributes, "MessageAction": "SUPPRESS"});
        mender.admin.pool("AdminCreateUser", email, account)?;
        mender.admin.set_password(email)?;
        let group = json!({"GroupName": "operator"});
        mender.admin.pool("AdminAddUserToGroup", email, group)?;
        mender.mended(text(person, "name"), "made");
    }
    let api = let_in(mender, person, "operator", None)?;
    profile(mender, &api, person)?;
    Ok(api)
}

/// Finds or makes somebody who signs up by himself.
///
/// # Errors
/// When the platform refuses something.
pub fn member(mender: &Mender<'_>, person: &Value, role: &str, operator: &Api) -> Outcome<Api> {
    let (name, email) = (text(person, "name"), text(person, "email"));
    match mender.admin.account(email)? {
        Some(account) if account.confirmed => {}
        Some(_) => {
            mender.admin.pool("AdminDeleteUser", email, json!({}))?;
            mender.mended(name, "an account that was never confirmed was removed");
            return member(mender, person, role, operator);
        }
        None => {
            let mut profile = json!({
                "email": email, "password": PASSWORD, "name": name, "role": role, "locale": "en",
            });
            if let Some(phone) = person["phone"].as_str() {
                profile["phone"] = json!(phone);
            }
            let api = mender.outputs.api().enrol(&mender.outputs.aws(), &profile)?;
            mender.mended(name, &format!("made, as {role}"));
            return Ok(api);
        }
    }
    let api = let_in(mender, person, role, Some(operator))?;
    profile(mender, &api, person)?;
    Ok(api)
}

/// Signs in, and mends whatever keeps the person from it.
fn let_in(mender: &Mender<'_>, person: &Value, role: &str, operator: Option<&Api>) -> Outcome<Api> {
    let (name, email) = (text(person, "name"), text(person, "email"));
    let account = mender.admin.account(email)?.ok_or_else(|| lost(name))?;
    admit(mender, name, email, &account)?;
    let credentials = json!({"email": email, "password": PASSWORD});
    let public = mender.outputs.api();
    let mut last = None;
    for _ in 0..SIGN_INS_MAX {
        let answer = public.call(&Method::POST, "/v1/auth/sign-in", Some(&credentials))?;
        match (answer.status, answer.body["code"].as_str().unwrap_or_default()) {
            (200, _) => {
                let token = answer.body["access_token"].as_str().unwrap_or_default();
                let api = mender.outputs.api().with_token(token);
                let me = api.get("/v1/users/me")?;
                if me["roles"] == json!([role]) {
                    return Ok(api);
                }
                set_role(mender, email, &account.user_id, role, operator)?;
                mender.mended(name, &format!("the role is {role} again, it was {}", me["roles"]));
            }
            (401, _) | (403, "password_reset_required") => {
                mender.admin.set_password(email)?;
                mender.mended(name, "the seeded password is set again");
            }
            (403, "suspended") => {
                reinstate(mender, email, &account.user_id, operator)?;
                mender.mended(name, "reinstated");
            }
            // Too many wrong passwords were tried; whoever waits is let in again, too, a quarter of an hour later.
            (429, _) => {
                mender.admin.forget_person(&account.user_id, email, None)?;
                mender.mended(name, "wrong passwords that were tried are forgotten");
            }
            _ => return Err(answer.refusal(&format!("Signing in as {email}")).into()),
        }
        last = Some(answer);
    }
    let still = last.map_or_else(
        || lost(name),
        |answer: Reply| answer.refusal(&format!("Signing in as {email}")).into(),
    );
    Err(still)
}

/// What the user pool itself would refuse, and what was counted.
fn admit(mender: &Mender<'_>, name: &str, email: &str, account: &Account) -> Outcome {
    if !account.enabled {
        mender.admin.pool("AdminEnableUser", email, json!({}))?;
        mender.mended(name, "the account is enabled again");
    }
    if account.second_factor {
        mender.admin.drop_second_factor(email)?;
        mender.mended(name, "no one-time password is asked for any more");
    }
    Ok(())
}

fn set_role(mender: &Mender<'_>, email: &str, user_id: &str, role: &str, operator: Option<&Api>) -> Outcome {
    match operator {
        Some(operator) => {
            let path = format!("/v1/users/{user_id}/roles");
            operator.put(&path, &json!({"roles": [role]}))?;
            Ok(())
        }
        None => mender.admin.make_operator(email, user_id),
    }
}

fn reinstate(mender: &Mender<'_>, email: &str, user_id: &str, operator: Option<&Api>) -> Outcome {
    match operator {
        Some(operator) => {
            operator.post(&format!("/v1/users/{user_id}/reinstate"), &json!({}))?;
            Ok(())
        }
        None => mender.admin.make_operator(email, user_id),
    }
}

/// Name and language, and what was counted of the person.
fn profile(mender: &Mender<'_>, api: &Api, person: &Value) -> Outcome {
    let me = api.get("/v1/users/me")?;
    let (user_id, email) = (text(&me, "user_id"), text(&me, "email"));
    mender.admin.forget_person(user_id, email, person["phone"].as_str())?;
    let wanted = json!({"name": person["name"], "locale": "en", "time_zone": "UTC"});
    let changes = super::compare::differences(&wanted, &me);
    if !changes.is_empty() {
        let names: Vec<&str> = changes.keys().map(String::as_str).collect();
        mender.mended(text(person, "name"), &format!("{} as before", names.join(", ")));
        api.patch("/v1/users/me", &me["version"], &Value::Object(changes.clone()))?;
    }
    Ok(())
}

/// Gives a customer a verified phone, an address and a card, and frees the places for unpaid orders.
///
/// # Errors
/// When the platform refuses something.
pub fn customer(mender: &Mender<'_>, person: &Value, operator: &Api) -> Outcome<Api> {
    let api = member(mender, person, "customer", operator)?;
    let name = text(person, "name");
    let me = api.get("/v1/users/me")?;
    if let Some(phone) = person["phone"].as_str()
        && (me["phone"] != phone || me["phone_verified"] != true)
    {
        api.verify_phone(&mender.outputs.aws(), phone)?;
        mender.mended(name, "the phone is verified");
    }
    let preferences = api.get("/v1/users/me/preferences")?;
    let wanted = json!({"diets": [], "allergens": [], "cuisines": [], "currency": null, "notifications": {}, "quiet_hours": null,
        "marketing": false});
    if preferences["notifications"] != json!({}) || !super::compare::agrees(&wanted, &preferences) {
        api.put("/v1/users/me/preferences", &wanted)?;
        mender.mended(name, "preferences as before");
    }
    address(mender, &api, name, &person["address"])?;
    card(mender, &api, name)?;
    let waiting = api.get("/v1/orders?state=awaiting_payment")?;
    for order in list(&waiting["items"]) {
        let path = format!("/v1/orders/{}/cancel", text(order, "order_id"));
        let body = json!({"reason": "ordered_by_mistake"});
        // One that is paid for in this moment takes no place any more either.
        if api.call(&Method::POST, &path, Some(&body))?.ok() {
            mender.mended(name, "an order that nobody paid for is cancelled");
        }
    }
    Ok(api)
}

fn address(mender: &Mender<'_>, api: &Api, name: &str, wanted: &Value) -> Outcome {
    let known = api.get("/v1/users/me/addresses")?;
    let known = list(&known["items"]);
    if known.iter().any(|one| super::compare::agrees(wanted, one)) {
        return Ok(());
    }
    // The one of that name was changed; a book that is full has no place for one more.
    let labelled = known.iter().find(|one| one["label"] == wanted["label"]);
    let replaced = labelled.or_else(|| known.first().filter(|_| known.len() >= KEPT_MAX));
    match replaced {
        Some(old) => {
            let path = format!("/v1/users/me/addresses/{}", text(old, "address_id"));
            api.put(&path, wanted)?;
        }
        None => drop(api.post("/v1/users/me/addresses", wanted)?),
    }
    mender.mended(name, "the address is in the book");
    Ok(())
}

/// The card of the seeded customers, as the list of means of payment shows it.
pub fn is_seeded_card(method: &Value) -> bool {
    method["brand"] == "visa" && method["last4"] == "4242"
}

fn card(mender: &Mender<'_>, api: &Api, name: &str) -> Outcome {
    let known = api.get("/v1/payment-methods")?;
    let known = list(&known["items"]);
    if known.iter().any(is_seeded_card) {
        return Ok(());
    }
    if let Some(one) = known.first().filter(|_| known.len() >= KEPT_MAX) {
        api.delete(&format!("/v1/payment-methods/{}", text(one, "payment_method_id")))?;
    }
    api.post("/v1/payment-methods", &json!({"provider_token": "pm_card_visa"}))?;
    mender.mended(name, "the card is saved");
    Ok(())
}

/// A field's text; empty if there is none.
pub fn text<'a>(value: &'a Value, field: &str) -> &'a str {
    value[field].as_str().unwrap_or_default()
}

fn lost(name: &str) -> Failure {
    Failure::new(
        format!("{name} cannot be let in"),
        "the account disappeared or changes all the time",
        "stop whatever works on it, and try again",
    )
}
