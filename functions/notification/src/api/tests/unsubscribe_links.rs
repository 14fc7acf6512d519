//! The way out of mails.

use kernel::SignedDuration;
use serde_json::Value;

use super::scene::{MAILS, ORDER, Scene, golden};

/// The path of the link in the mail that was sent last.
fn link(scene: &Scene) -> String {
    let asked = scene.service.aws().asked();
    let (_, mail) = asked.iter().rfind(|(request, _)| request == MAILS).unwrap();
    let (_, rest) = mail.split_once("/v1/unsubscribe?token=").unwrap();
    let is_of_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let token: String = rest.chars().take_while(is_of_token).collect();
    format!("/v1/unsubscribe?token={token}")
}

#[tokio::test]
async fn a_link_in_a_mail_ends_mails_of_its_category_once_it_is_confirmed() {
    let scene = Scene::begin();
    let confirmed = golden("order.confirmed.v1");
    scene.hear(&confirmed).await.unwrap();
    let link = link(&scene);
    let nobody = scene.service.nobody();
    nobody.get(&link).await.is(200);
    let another = |digit: char| confirmed.replace(ORDER, &format!("{}{digit}", &ORDER[..ORDER.len() - 1]));
    scene.hear(&another('d')).await.unwrap();
    assert_eq!(scene.count_asked(MAILS), 2, "that the page was shown changes nothing");
    for _ in 0..2 {
        nobody.post(&link, &Value::Null).await.is(204);
    }
    scene.hear(&another('e')).await.unwrap();
    assert_eq!(scene.count_asked(MAILS), 2);
    assert_eq!(scene.kinds(&scene.customer).await.len(), 3);
}

#[tokio::test]
async fn a_link_that_is_too_old_or_made_up_does_nothing() {
    let scene = Scene::begin();
    scene.hear(&golden("order.confirmed.v1")).await.unwrap();
    let link = link(&scene);
    let nobody = scene.service.nobody();
    let forged = "/v1/unsubscribe?token=forged";
    nobody.get(forged).await.refused(400, "invalid_token");
    nobody.post(forged, &Value::Null).await.refused(400, "invalid_token");
    scene.service.pass(SignedDuration::from_hours(60 * 24));
    nobody.get(&link).await.is(410);
    nobody.post(&link, &Value::Null).await.is(410);
}
