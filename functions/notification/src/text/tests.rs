//! What the texts look like, and that they cannot be made to say something else.

use super::*;
use contracts::vocabulary::{
    CancelReason, CancelledBy, FailureReason, KitchenReason, RejectReason, ReleaseDetail, ReleaseReason, Settlement,
    UndeliverableReason, Vocabulary, Word, word,
};
use kernel::{Currency, Money};

const ORDER: &str = "ord_01jd8v4q6nf2x9m3k7p0zr5t1c";

fn written(notice: &Notice) -> Text {
    let zone = "Europe/Amsterdam".parse().unwrap();
    let now = "2026-11-20T18:30:00Z".parse().unwrap();
    write(
        notice,
        Reader {
            locale: Locale::of("nl"),
            zone: &zone,
            now,
        },
    )
}

fn eur(amount: i64) -> Money {
    Money::new(amount, Currency::EUR)
}

fn confirmed(restaurant: &str) -> Notice {
    Notice::OrderConfirmed {
        restaurant: restaurant.to_owned(),
        total: eur(2890),
        promised: contracts::order::Window {
            from: "2026-11-20T19:05:00Z".parse().unwrap(),
            to: "2026-11-20T19:20:00Z".parse().unwrap(),
        },
        scheduled: false,
    }
}

#[test]
fn a_confirmation_in_plain_text() {
    let text = written(&confirmed("Trattoria Bellini"));
    let mail = mail(
        &text,
        "Ana",
        ORDER.parse().ok(),
        Some("https://api.example/v1/unsubscribe?token=t"),
    )
    .unwrap();
    insta::assert_snapshot!(mail.plain, @"
    Tiffin

    Hello Ana,

    Trattoria Bellini has been asked to start. Expect it 20:05-20:20.

    From: Trattoria Bellini
    Expected: 20:05-20:20
    Reserved on your card: €28.90

    Order ord_01jd8v4q6nf2x9m3k7p0zr5t1c

    No more mails like this: https://api.example/v1/unsubscribe?token=t
    ");
}

#[test]
fn a_confirmation_in_html() {
    let text = written(&confirmed("Trattoria Bellini"));
    let mail = mail(
        &text,
        "Ana",
        ORDER.parse().ok(),
        Some("https://api.example/v1/unsubscribe?token=a&b"),
    )
    .unwrap();
    insta::assert_snapshot!(mail.html, @r#"
    <!doctype html>
    <html lang="en">
    <head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Your order is confirmed</title></head>
    <body style="margin:0;background:#f6f4f0;font:16px/1.5 sans-serif;color:#222">
    <div style="max-width:34em;margin:0 auto;padding:2em 1.5em;background:#fff">
    <p style="font-weight:bold;color:#b4451f">Tiffin</p>
    <h1 style="font-size:1.4em">Your order is confirmed</h1>
    <p>Hello Ana,</p>
    <p>Trattoria Bellini has been asked to start. Expect it 20:05-20:20.</p>
    <table style="border-collapse:collapse">
    <tr><td style="padding:.2em 1.5em .2em 0;color:#666">From</td><td>Trattoria Bellini</td></tr>
    <tr><td style="padding:.2em 1.5em .2em 0;color:#666">Expected</td><td>20:05-20:20</td></tr>
    <tr><td style="padding:.2em 1.5em .2em 0;color:#666">Reserved on your card</td><td>€28.90</td></tr>
    </table>
    <p style="color:#666;font-size:.85em">Order ord_01jd8v4q6nf2x9m3k7p0zr5t1c</p>
    <p style="color:#666;font-size:.85em"><a href="https://api.example/v1/unsubscribe?token=a&#38;b">No more mails like this</a></p>
    </div>
    </body>
    </html>
    "#);
}

#[test]
fn names_cannot_bring_markup_or_headers() {
    let text = written(&confirmed("<script>alert(1)</script>\r\nBcc: x@y.example"));
    let mail = mail(&text, "<b>\"Ana\" & Co</b>", None, None).unwrap();
    assert!(!mail.html.contains("<script>") && !mail.html.contains("<b>"));
    assert!(
        mail.html.contains("&#60;b&#62;") || mail.html.contains("&lt;b&gt;"),
        "{}",
        mail.html
    );
    assert!(!mail.subject.contains(['\r', '\n']));
    assert!(!text.body.contains(['\r', '\n']));
    let pages = [
        unsubscribe_page("<i>order_updates", "\"><i>"),
        unsubscribed_page("<i>order_updates"),
    ];
    assert!(pages.into_iter().all(|page| !page.unwrap().contains("<i>")));
}

#[test]
fn an_end_without_food_says_why_and_what_happens_to_the_money() {
    let restaurant = || "Trattoria Bellini".to_owned();
    let cancelled = |by: CancelledBy, reason: CancelReason, fee| Notice::OrderCancelled {
        restaurant: restaurant(),
        by: by.into(),
        reason: reason.into(),
        fee: eur(fee),
    };
    let texts = [
        written(&cancelled(CancelledBy::Customer, CancelReason::ChangedMyMind, 0)),
        written(&cancelled(CancelledBy::Customer, CancelReason::TooSlow, 500)),
        written(&cancelled(CancelledBy::Platform, CancelReason::NoCourier, 0)),
        written(&cancelled(CancelledBy::Platform, CancelReason::PaymentTimeout, 0)),
        written(&Notice::OrderRejected {
            restaurant: restaurant(),
            reason: RejectReason::NoAnswer.into(),
        }),
        written(&Notice::OrderUndeliverable {
            restaurant: restaurant(),
            reason: UndeliverableReason::CustomerAbsent.into(),
            fee: eur(2890),
        }),
    ];
    let bodies: Vec<_> = texts.iter().map(|text| text.body.as_str()).collect();
    insta::assert_snapshot!(bodies.join("\n"), @"
    You cancelled your order from Trattoria Bellini. Nothing is charged, and what was reserved is released.
    You cancelled your order from Trattoria Bellini. €5.00 is charged; the rest that was reserved is released.
    No courier could be found for your order from Trattoria Bellini. We are sorry. Nothing is charged, and what was reserved is released.
    Your order from Trattoria Bellini was not paid in time. Nothing is charged, and what was reserved is released.
    Trattoria Bellini did not answer in time. Nothing is charged, and what was reserved is released.
    The courier could not hand over your order from Trattoria Bellini: nobody was there to take it. €28.90 is charged; the rest that was reserved is released.
    ");
}

/// Why a courier is taken off: every reason and every operator's, and of each one that is not known here yet.
fn releases(restaurant: &str) -> Vec<Notice> {
    let released = |reason, detail| Notice::CourierReleased {
        restaurant: Some(restaurant.to_owned()),
        reason: Some(reason),
        detail,
    };
    let reasons = ReleaseReason::ALL.iter().map(|reason| Word::Known(*reason));
    let details = ReleaseDetail::ALL.iter().map(|detail| Word::Known(*detail));
    let unknown = || "struck_by_lightning".to_owned();
    let reasons = reasons.chain([Word::Unknown(unknown())]);
    let details = details.chain([Word::Unknown(unknown())]);
    let by_operator = details.map(|detail| released(ReleaseReason::Operator.into(), Some(detail)));
    reasons
        .map(|reason| released(reason, None))
        .chain(by_operator)
        .collect()
}

#[test]
fn a_courier_who_is_taken_off_hears_why() {
    let texts: Vec<_> = releases("Trattoria Bellini").iter().map(written).collect();
    assert!(texts.iter().all(|text| text.title == "Taken off a delivery"));
    let bodies: Vec<_> = texts.iter().map(|text| text.body.as_str()).collect();
    insta::assert_snapshot!(bodies.join("\n"), @"
    Your shift has ended, so the order from Trattoria Bellini goes to somebody else.
    Your phone was not heard of for a while, so the order from Trattoria Bellini goes to somebody else.
    The kitchen kept you waiting, so the order from Trattoria Bellini goes to somebody else. You are free.
    You need not fetch it: the order from Trattoria Bellini goes to somebody else.
    You need not fetch it: the order from Trattoria Bellini goes to somebody else.
    We could not reach you, so the order from Trattoria Bellini goes to somebody else.
    Because of your trouble on the way, the order from Trattoria Bellini goes to somebody else.
    Because of trouble at the restaurant, the order from Trattoria Bellini goes to somebody else. You are free.
    You need not fetch it: the order from Trattoria Bellini goes to somebody else.
    You need not fetch it: the order from Trattoria Bellini goes to somebody else.
    ");
}

#[test]
fn text_messages_fit_into_one() {
    let long = "The Very Long Named Restaurant Of The Old Harbour And Its Seven Sisters".to_owned();
    let notices = [
        Notice::OutForDelivery {
            restaurant: Some(long.clone()),
        },
        Notice::CourierAtDoor {
            restaurant: Some(long.clone()),
        },
        Notice::CourierAtDoor { restaurant: None },
        Notice::CourierCancelled {
            restaurant: long.clone(),
        },
        Notice::PaymentActionRequired {
            restaurant: Some(long.clone()),
        },
        Notice::FailureLookedInto {
            restaurant: Some(long.clone()),
            reason: FailureReason::WrongAddress.into(),
        },
    ];
    let notices = notices.into_iter().chain(releases(&long));
    for notice in notices {
        let sms = written(&notice).sms();
        assert!(sms.chars().count() <= 160 && sms.is_ascii(), "{sms}");
    }
    let sms = written(&Notice::CourierAtDoor {
        restaurant: Some("Bellini".to_owned()),
    })
    .sms();
    insta::assert_snapshot!(sms, @"Tiffin: The courier is at your door. Your food from Bellini is there.");
}

/// The inbox's description bounds what a message says. The wordiest ones are those with a reason.
#[test]
fn no_text_is_longer_than_the_description_says() {
    let long = || "x".repeat(100);
    let at = "2026-11-24T20:30:00Z".parse().unwrap();
    let much = Money::new(i64::MAX, "KWD".parse().unwrap());
    let mut notices = vec![
        confirmed(&long()),
        Notice::Receipt {
            restaurant: Some(long()),
            amount: much,
        },
        Notice::PaymentStalled {
            restaurant: Some(long()),
            operation: Settlement::Release.into(),
            amount: much,
            since: at,
        },
        Notice::SignUpRepeated,
    ];
    notices.extend(CancelReason::ALL.iter().map(|reason| Notice::OrderCancelled {
        restaurant: long(),
        by: CancelledBy::Platform.into(),
        reason: (*reason).into(),
        fee: much,
    }));
    notices.extend(
        UndeliverableReason::ALL
            .iter()
            .map(|reason| Notice::OrderUndeliverable {
                restaurant: long(),
                reason: (*reason).into(),
                fee: much,
            }),
    );
    notices.extend(FailureReason::ALL.iter().map(|reason| Notice::FailureToReview {
        restaurant: Some(long()),
        reason: (*reason).into(),
        review_by: at,
    }));
    for text in notices.iter().map(written) {
        assert!(text.title.chars().count() <= TITLE_CHARACTERS_MAX, "{}", text.title);
        assert!(text.body.chars().count() <= BODY_CHARACTERS_MAX, "{}", text.body);
    }
}

#[test]
fn every_reason_has_its_own_sentence_and_says_what_is_charged() {
    let restaurant = || "Bellini".to_owned();
    let cancelled = |by: CancelledBy, reason: &word::CancelReason| Notice::OrderCancelled {
        restaurant: restaurant(),
        by: by.into(),
        reason: reason.clone(),
        fee: eur(0),
    };
    check(CancelReason::ALL, |reason| cancelled(CancelledBy::Platform, reason));
    check(CancelReason::ALL, |reason| cancelled(CancelledBy::Operator, reason));
    check(
        &[
            CancelReason::TooBusy,
            CancelReason::OutOfStock,
            CancelReason::Closing,
            CancelReason::Other,
        ],
        |reason| cancelled(CancelledBy::Restaurant, reason),
    );
    check(RejectReason::ALL, |reason| Notice::OrderRejected {
        restaurant: restaurant(),
        reason: reason.clone(),
    });
    check(UndeliverableReason::ALL, |reason| Notice::OrderUndeliverable {
        restaurant: restaurant(),
        reason: reason.clone(),
        fee: eur(0),
    });
    check(KitchenReason::ALL, |reason| Notice::OrderDelayed {
        restaurant: restaurant(),
        ready_at: "2026-11-20T19:30:00Z".parse().unwrap(),
        reason: reason.clone(),
    });
    check(FailureReason::ALL, |reason| Notice::FailureLookedInto {
        restaurant: Some(restaurant()),
        reason: reason.clone(),
    });
}

/// Each reason has a sentence that is not the one of `other`, and a reason that is not known here has the one of `other`.
fn check<W: Vocabulary>(reasons: &[W], notice: impl Fn(&Word<W>) -> Notice) {
    let said = |reason: &Word<W>| written(&notice(reason));
    let unknown = said(&Word::Unknown("struck_by_lightning".to_owned()));
    for reason in reasons {
        let name = reason.word();
        let text = said(&Word::Known(*reason));
        let is_about_money = !matches!(
            notice(&Word::Known(*reason)),
            Notice::OrderDelayed { .. } | Notice::FailureLookedInto { .. }
        );
        assert!(
            !is_about_money || text.body.contains("Nothing is charged"),
            "{name}: {text:?}"
        );
        assert_eq!(text == unknown, name == "other", "{name}: {text:?}");
    }
}

#[test]
fn whoever_must_look_hears_what_is_the_matter() {
    let restaurant = || Some("Bellini".to_owned());
    let texts = [
        written(&Notice::FailureToReview {
            restaurant: restaurant(),
            reason: FailureReason::CustomerAbsent.into(),
            review_by: "2026-11-20T19:30:00Z".parse().unwrap(),
        }),
        written(&Notice::FailureLookedInto {
            restaurant: restaurant(),
            reason: FailureReason::CustomerAbsent.into(),
        }),
        written(&Notice::PaymentStalled {
            restaurant: restaurant(),
            operation: Settlement::Capture.into(),
            amount: eur(2890),
            since: "2026-11-20T17:30:00Z".parse().unwrap(),
        }),
    ];
    let bodies: Vec<_> = texts.iter().map(|text| text.body.as_str()).collect();
    insta::assert_snapshot!(bodies.join("\n"), @"
    The courier with the food from Bellini says that nobody was there to take it. Decide who bears the price by 20:30; then nobody is charged.
    The courier says that nobody was there to take it. We look into it; nothing is charged meanwhile.
    €28.90 for an order from Bellini could not be taken since 18:30. It is tried on: look at the payment provider.
    ");
}
