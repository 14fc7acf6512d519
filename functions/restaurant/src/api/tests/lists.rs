//! Lists: what is on them, how they go on, and what a page costs.

use handlerkit::Caller;
use kernel::{Role, SignedDuration};
use serde_json::{Value, json};

use super::reviews::deliver;
use super::scene::{Scene, column, new_restaurant};
use crate::app::App;
use crate::domain::search::{Criteria, RADIUS_DEFAULT, Sort};
use crate::store::{RestaurantRecord, ReviewRecord, memberships, reviews_of, submitted};
use crate::usecase;

/// What reading a page gave, with its round trips and read units.
async fn metered<T>(app: &App, read: impl Future<Output = T>) -> (T, (u64, f64)) {
    let meter = app.table.meter();
    let _before = meter.take();
    let page = read.await;
    let reading = meter.take();
    (page, (reading.calls, reading.read_units))
}

/// Demands that two pages of a list have these records in this order, and that no other cursor is taken.
async fn goes_on(who: &Caller, path: &str, field: &str, expected: &[Value]) {
    let join = if path.contains('?') { '&' } else { '?' };
    let path = format!("{path}{join}limit=2");
    let first = who.get(&path).await.expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    let second = who.get(&format!("{path}&cursor={cursor}")).await.expect(200);
    let found = [column(&first, field), column(&second, field)].concat();
    assert_eq!(found, expected, "{path}");
    let forged = who.get(&format!("{path}&cursor=forged")).await;
    forged.refused(400, "invalid_cursor");
}

fn ids(paths: &[String]) -> Vec<Value> {
    paths
        .iter()
        .map(|path| path.rsplit('/').next().unwrap().into())
        .collect()
}

#[tokio::test]
async fn restaurants_that_wait_for_approval_are_listed_the_longest_wait_first() {
    let scene = Scene::begin();
    let mut waiting = Vec::new();
    for _ in 0..3 {
        waiting.push(scene.submitted().await);
        scene.service.pass(SignedDuration::from_mins(1));
    }
    let list = "/v1/admin/restaurants";
    goes_on(&scene.operator, list, "restaurant_id", &ids(&waiting)).await;
    scene.owner.get(list).await.refused(403, "forbidden");
    for _ in 3..20 {
        let _path = scene.submitted().await;
    }
    let app = App::new(scene.service.edge());
    let query = submitted(20);
    let (page, cost) = metered(&app, app.table.query::<RestaurantRecord>(&query)).await;
    assert_eq!((page.unwrap().items.len(), cost), (20, (1, 2.5)));
}

#[tokio::test]
async fn a_person_has_a_list_of_the_restaurants_worked_at() {
    let scene = Scene::begin();
    let mut mine = Vec::new();
    for _ in 0..3 {
        mine.push(scene.draft().await);
    }
    let mut mine = ids(&mine);
    mine.sort_by_key(Value::to_string);
    mine.reverse();
    let list = "/v1/restaurants/mine";
    goes_on(&scene.owner, list, "restaurant_id", &mine).await;
    assert_eq!(scene.customer.get(list).await.expect(200)["items"], json!([]));
    scene.service.nobody().get(list).await.refused(401, "unauthorized");
    for _ in 3..20 {
        let _path = scene.draft().await;
    }
    let app = App::new(scene.service.edge());
    // Half a unit for each restaurant, and one for the memberships.
    let query = memberships(scene.owner.user_id(), 20);
    let (page, cost) = metered(&app, usecase::list_my_restaurants(&app, &query, scene.service.now())).await;
    assert_eq!((page.unwrap().items.len(), cost), (20, (2, 11.0)));
}

#[tokio::test]
async fn reviews_are_listed_the_newest_first() {
    let scene = Scene::begin();
    let path = scene.public().await;
    let reviews = format!("{path}/reviews");
    let mut written = Vec::new();
    for _ in 0..20 {
        let customer = scene.service.person(&[Role::Customer]);
        let order_id = deliver(&scene, &path, &customer).await;
        let review = json!({"order_id": order_id, "rating": 5, "comment": "Crisp, and still hot."});
        let review = customer.post(&reviews, &review).await.expect(201);
        written.insert(0, review["review_id"].clone());
        scene.service.pass(SignedDuration::from_mins(1));
    }
    goes_on(&scene.customer, &reviews, "review_id", &written[..4]).await;
    let app = App::new(scene.service.edge());
    let id = path.rsplit('/').next().unwrap().parse().unwrap();
    let list = async {
        let _restaurant = usecase::read_public_restaurant(&app, id).await.unwrap();
        app.table.query::<ReviewRecord>(&reviews_of(id, 20)).await.unwrap()
    };
    let (page, cost) = metered(&app, list).await;
    assert_eq!((page.items.len(), cost), (20, (2, 2.5)));
}

/// Restaurants on a line to the north, two hundred metres apart: the owner's paths, the nearest first.
async fn street(scene: &Scene, count: u32) -> Vec<String> {
    let mut paths = Vec::new();
    for number in 0..count {
        let mut body = new_restaurant();
        body["name"] = format!("Trattoria {number}").into();
        body["position"]["lat"] = (52.3605 + f64::from(number) * 0.0018).into();
        let created = scene.owner.post("/v1/restaurants", &body).await.expect(201);
        let path = format!("/v1/restaurants/{}", created["restaurant_id"].as_str().unwrap());
        scene.owner.post(&format!("{path}/submit"), &Value::Null).await.is(200);
        scene
            .operator
            .post(&format!("{path}/approve"), &Value::Null)
            .await
            .is(200);
        paths.push(path);
    }
    paths
}

#[tokio::test]
async fn a_search_finds_the_public_restaurants_around_a_position() {
    let scene = Scene::begin();
    let found = street(&scene, 3).await;
    let _draft = scene.draft().await;
    let search = "/v1/restaurants?near=52.3605,4.884";
    let anybody = scene.service.nobody();
    goes_on(&anybody, search, "restaurant_id", &ids(&found)).await;
    let named = anybody.get(&format!("{search}&q=trattoria%202")).await.expect(200);
    assert_eq!(column(&named, "name"), ["Trattoria 2"]);
    let other_cursor = anybody.get(&format!("{search}&limit=1")).await.expect(200);
    let cursor = other_cursor["next_cursor"].as_str().unwrap();
    let mixed = anybody
        .get(&format!("{search}&limit=1&sort=rating&cursor={cursor}"))
        .await;
    mixed.refused(400, "invalid_cursor");
    for query in ["near=91,4.884", "near=52.3605,4.884&radius_m=20001", "radius_m=1000"] {
        let refused = anybody.get(&format!("/v1/restaurants?{query}")).await;
        refused.refused(400, "invalid_query");
    }
    for sort in ["distance", "rating", "eta", "price"] {
        let page = anybody.get(&format!("{search}&sort={sort}")).await.expect(200);
        assert_eq!(page["items"].as_array().unwrap().len(), 3, "{sort}");
    }
}

/// A search reads the cells that its circle touches: the cost follows the place, and hardly the restaurants.
#[tokio::test]
async fn a_search_costs_a_read_for_each_cell_and_none_for_each_restaurant() {
    let scene = Scene::begin();
    let app = App::new(scene.service.edge());
    let criteria = Criteria {
        near: serde_json::from_value(json!({"lat": 52.3605, "lng": 4.884})).unwrap(),
        radius_m: RADIUS_DEFAULT,
        words: Vec::new(),
        cuisine: None,
        diet: None,
        open_now: false,
        sort: Sort::Distance,
    };
    let mut costs = Vec::new();
    for more in [1, 19] {
        let _paths = street(&scene, more).await;
        let search = usecase::search_restaurants(&app, &criteria, None, 20, scene.service.now());
        let (hits, cost) = metered(&app, search).await;
        costs.push((hits.unwrap().len(), cost));
    }
    assert_eq!(costs, [(1, (8, 4.0)), (20, (8, 5.0))]);
}
