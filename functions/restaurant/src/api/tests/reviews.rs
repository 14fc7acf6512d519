//! Reviews, from the delivery that invites to one.

use contracts::order;
use handlerkit::Caller;
use kernel::{OrderId, Role, SignedDuration};
use runtime::{Done, ids};
use serde_json::{Value, json};

use super::scene::Scene;
use crate::app::App;
use crate::inbox;

/// The service hears that an order of the customer's was delivered.
pub async fn deliver(scene: &Scene, path: &str, customer: &Caller) -> OrderId {
    let golden = include_str!("../../../../../shared/contracts/golden/order.delivered.v1.json");
    let golden: Value = serde_json::from_str(golden).unwrap();
    let delivered = order::Delivered {
        order_id: ids::new(),
        customer_id: customer.user_id(),
        restaurant_id: path.rsplit('/').next().unwrap().parse().unwrap(),
        delivered_at: scene.service.now(),
        ..serde_json::from_value(golden["data"].clone()).unwrap()
    };
    let event = scene.service.event(&delivered.order_id, 7, &delivered);
    let app = App::new(scene.service.edge());
    // Events may come twice.
    for _ in 0..2 {
        let Done = inbox::handle(&app, &event, &scene.service.cause()).await.unwrap();
    }
    delivered.order_id
}

#[tokio::test]
async fn a_delivered_order_is_reviewed_once() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let order_id = deliver(&scene, &path, &scene.customer).await;
    let reviews = format!("{path}/reviews");
    let review = json!({
        "order_id": order_id, "rating": 4, "comment": "Crisp, and still hot.",
        "items": [{"item_id": "margherita", "rating": 5}],
    });
    let first = scene.customer.post(&reviews, &review).await.expect(201);
    scene.service.pass(SignedDuration::from_mins(1));
    assert_eq!(scene.customer.post(&reviews, &review).await.expect(201), first);
    let mut other = review;
    other["rating"] = 1.into();
    let again = scene.customer.post(&reviews, &other).await;
    again.refused(409, "already_reviewed");
    let listed = scene.service.nobody().get(&reviews).await.expect(200);
    assert_eq!(listed["items"], json!([first]));
    let rating = scene.customer.get(&path).await.expect(200)["rating"].clone();
    assert_eq!(rating, json!({"average": 4.0, "count": 1}));
    assert_eq!(
        scene.service.told(),
        ["restaurant.approved.v1", "restaurant.reviewed.v1"]
    );
}

#[tokio::test]
async fn a_review_is_of_ones_own_order_and_of_what_was_ordered() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let order_id = deliver(&scene, &path, &scene.customer).await;
    let reviews = format!("{path}/reviews");
    let review = json!({"order_id": order_id, "rating": 4});
    let stranger = scene.service.person(&[Role::Customer]);
    stranger.post(&reviews, &review).await.refused(404, "not_found");
    let elsewhere = format!("{}/reviews", scene.public().await);
    scene.customer.post(&elsewhere, &review).await.refused(404, "not_found");
    let nobody = scene.service.nobody();
    nobody.post(&reviews, &review).await.refused(401, "unauthorized");
    let foreign = json!({"order_id": order_id, "rating": 4, "items": [{"item_id": "lasagne", "rating": 1}]});
    let problem = scene.customer.post(&reviews, &foreign).await;
    assert_eq!(problem.refused(422, "invalid_body")["errors"][0]["code"], "not_ordered");
    scene.service.pass(SignedDuration::from_hours(90 * 24 + 1));
    scene
        .customer
        .post(&reviews, &review)
        .await
        .refused(409, "review_too_late");
    let draft = format!("{}/reviews", scene.draft().await);
    nobody.get(&draft).await.refused(404, "not_found");
}
