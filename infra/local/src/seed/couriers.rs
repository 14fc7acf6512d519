//! A courier of the city: approved, off shift and without food.

use client::{Api, Method};
use serde_json::{Value, json};

use crate::failure::Outcome;

use super::list;
use super::mender::Mender;
use super::people::{member, text};

/// Finds or makes a courier, and frees him of whatever he is doing.
///
/// # Errors
/// When the platform refuses something.
pub fn courier(mender: &Mender<'_>, person: &Value, operator: &Api) -> Outcome<Api> {
    let api = member(mender, person, "courier", operator)?;
    let name = text(person, "name");
    let known = api.find("/v1/couriers/me")?;
    let known = match known {
        Some(known) if known["rejected"].is_null() => known,
        Some(_) | None => {
            let application = json!({"vehicle": person["vehicle"], "documents": []});
            mender.mended(name, "applied as a courier");
            api.post("/v1/couriers", &application)?
        }
    };
    let id = text(&known, "courier_id");
    if known["status"] == "pending" {
        operator.post(&format!("/v1/couriers/{id}/approve"), &json!({}))?;
        mender.mended(name, "approved as a courier");
    }
    if !known["suspended"].is_null() {
        operator.post(&format!("/v1/couriers/{id}/reinstate"), &json!({}))?;
        mender.mended(name, "reinstated as a courier");
    }
    if ["free", "asked", "busy", "on_break"]
        .iter()
        .any(|on_shift| known["status"] == *on_shift)
    {
        call_home(mender, &api, name, operator)?;
    }
    let planned = api.get("/v1/couriers/me/shifts")?;
    for shift in list(&planned["items"]) {
        // One that is over cannot be cancelled, and needs not be.
        let path = format!("/v1/couriers/me/shifts/{}", text(shift, "shift_id"));
        if api.call(&Method::DELETE, &path, None)?.ok() {
            mender.mended(name, "a planned shift is cancelled");
        }
    }
    Ok(api)
}

/// Ends a shift. Food that was fetched is given up for lost, at nobody's cost, by the operator.
fn call_home(mender: &Mender<'_>, api: &Api, name: &str, operator: &Api) -> Outcome {
    let end = || api.call(&Method::POST, "/v1/couriers/me/shift/end", Some(&json!({})));
    let mut answer = end()?;
    if answer.status == 409 {
        let route = api.get("/v1/couriers/me/route")?;
        for stop in list(&route["stops"]) {
            let path = format!("/v1/deliveries/{}", text(stop, "delivery_id"));
            let failed = json!({"reason": "damaged", "fault": "platform"});
            let given_up = operator.call(&Method::POST, &format!("{path}/failed"), Some(&failed))?;
            let back = operator.call(
                &Method::POST,
                &format!("{path}/returned"),
                Some(&json!({"outcome": "disposed"})),
            )?;
            if given_up.ok() || back.ok() {
                mender.mended(name, &format!("order {} is given up", text(stop, "order_id")));
            }
        }
        answer = end()?;
    }
    if answer.ok() {
        mender.mended(name, "the shift is ended");
        Ok(())
    } else {
        Err(answer.refusal(&format!("Ending the shift of {name}")).into())
    }
}
