//! What couriers may do and hold, as data.

use kernel::Country;

use super::shift::BREAK_MAX;
use super::*;
use crate::domain::cast::{NOON, ada, assignment, id, minutes, offer};
use crate::domain::work::SILENT_AFTER;

fn free() -> Courier {
    Courier {
        duty: Duty::OnShift(Shift::beginning(NOON)),
        ..Courier::apply(Vehicle::Bicycle)
    }
}

fn trip(number: u128, deliveries: &[u128]) -> LiveOffer {
    LiveOffer {
        offer_id: id(number),
        deliveries: deliveries.iter().map(|number| id(*number)).collect(),
        expires_at: offer().expires_at,
    }
}

fn taken(courier: &Courier, offer: u128, delivery: u128) -> Courier {
    courier.after(Effect::Engage(id(offer)), id(delivery)).unwrap()
}

fn let_go(courier: &Courier, offer: u128, delivery: u128, end: OfferEnd) -> Option<Courier> {
    courier.after(Effect::LetGo(id(offer), end), id(delivery))
}

#[test]
fn nobody_works_before_the_approval() {
    let start = |courier: &Courier, at| courier.start_shift(&[], None, at);
    let applicant = Courier::apply(Vehicle::Foot);
    assert_eq!(start(&applicant, NOON), Err(CourierRejection::NotApproved));
    let approved = applicant.approve(None).unwrap();
    assert_eq!(approved.approve(None), None);
    assert!(approved.shift().is_none());
    let working = start(&approved, NOON).unwrap().unwrap();
    assert!(working.shift().is_some_and(Shift::is_free));
    assert_eq!(start(&working, NOON + minutes(1)), Ok(None));
    let ended = working.end_shift(ShiftEnd::Wanted);
    assert_eq!((&ended.duty, ended.ended), (&Duty::OffShift, Some(ShiftEnd::Wanted)));
    assert_eq!(approved.end_shift(ShiftEnd::Silent), approved);
}

#[test]
fn an_applicant_is_approved_or_hears_why_not_and_may_apply_again() {
    let applicant = Courier::apply(Vehicle::Car);
    let reason = RejectReason::DocumentsExpired;
    let rejected = applicant.reject(reason, false).unwrap().unwrap();
    assert_eq!(rejected.rejected, Some(reason));
    assert_eq!(rejected.reject(reason, false), Ok(None));
    let other = rejected.reject(RejectReason::NotEligible, false).unwrap().unwrap();
    assert_eq!(other.rejected, Some(RejectReason::NotEligible));
    let approved = other.approve(None).unwrap();
    assert_eq!((&approved.duty, approved.rejected), (&Duty::OffShift, None));
    assert_eq!(approved.reject(reason, false), Err(CourierRejection::Approved));
}

#[test]
fn nobody_works_longer_than_the_market_allows() {
    let approved = Courier {
        country: Country::try_from("NL").ok(),
        ..Courier::apply(Vehicle::Foot).approve(None).unwrap()
    };
    let worked = [Span {
        from: NOON - minutes(330),
        to: NOON,
    }];
    let refused = approved.start_shift(&worked, None, NOON);
    assert!(matches!(refused, Err(CourierRejection::Worked(_))), "{refused:?}");
    let rested = approved
        .start_shift(&worked, None, NOON + minutes(30))
        .unwrap()
        .unwrap();
    let until = NOON + minutes(30 + 330);
    assert_eq!(rested.shift().map(|shift| shift.works_until), Some(until));
    let shift = rested.shift().unwrap();
    assert_eq!(shift.overdue(until, until), Some(ShiftEnd::WorkingTime));
}

#[test]
fn who_is_barred_starts_no_shift_gets_no_offer_and_is_off_shift_once_free() {
    let papers_until = NOON + minutes(60);
    let approved = Courier::apply(Vehicle::Foot).approve(Some(papers_until)).unwrap();
    let start = |courier: &Courier, now| courier.start_shift(&[], None, now).map(Option::unwrap);
    let working = start(&approved, NOON).unwrap();
    assert_eq!(working.ends_at(NOON), Some(papers_until));
    let suspended = |courier: &Courier| courier.suspend(SuspendReason::Fraud).unwrap().unwrap();
    let without_role = |courier: &Courier| courier.with_role(false).unwrap();
    for (barred, now, why, end) in [
        (
            suspended(&working),
            NOON,
            CourierRejection::Suspended,
            ShiftEnd::Suspended,
        ),
        (
            without_role(&working),
            NOON,
            CourierRejection::RoleLost,
            ShiftEnd::RoleLost,
        ),
        (
            working.clone(),
            papers_until,
            CourierRejection::DocumentExpired,
            ShiftEnd::DocumentExpired,
        ),
    ] {
        assert_eq!(barred.ends_at(now), None, "{why:?}");
        assert_eq!(barred.overdue(now, now), Some(end));
        let busy = taken(&barred.consider(trip(100, &[5])).unwrap(), 100, 5);
        assert_eq!((busy.overdue(now, now), busy.ends_at(now)), (None, None), "{why:?}");
        let off = barred.end_shift(end);
        assert_eq!(start(&off, now), Err(why));
        let resting = barred.take_break(now).unwrap().unwrap();
        assert_eq!(resting.resume(&[], now), Err(why));
    }
    let both = suspended(&without_role(&approved));
    assert_eq!(both.suspend(SuspendReason::Fraud), Ok(None));
    assert_eq!(
        start(&both.with_role(true).unwrap(), NOON),
        Err(CourierRejection::Suspended)
    );
    assert_eq!(start(&both.reinstate().unwrap(), NOON), Err(CourierRejection::RoleLost));
    assert!(start(&both.reinstate().unwrap().with_role(true).unwrap(), NOON).is_ok());
    assert_eq!((approved.reinstate(), approved.with_role(true)), (None, None));
    let applicant = Courier::apply(Vehicle::Foot);
    assert_eq!(
        applicant.suspend(SuspendReason::Other),
        Err(CourierRejection::NotApproved)
    );
}

#[test]
fn who_works_by_a_plan_is_off_shift_at_its_end() {
    let approved = Courier::apply(Vehicle::Foot).approve(None).unwrap();
    let (five, six) = (NOON + minutes(300), NOON + minutes(330));
    let working = approved.start_shift(&[], Some(five), NOON).unwrap().unwrap();
    assert_eq!(working.shift().unwrap().ends_at(), five);
    assert_eq!(working.start_shift(&[], Some(five), NOON), Ok(None));
    let longer = working.start_shift(&[], Some(six), NOON).unwrap().unwrap();
    assert_eq!(longer, working.replan(Some(six)).unwrap());
    assert_eq!((working.replan(None), free().replan(Some(six))), (None, None));
    let shift = longer.shift().unwrap();
    assert_eq!(shift.overdue(six, six - minutes(1)), None);
    assert_eq!(shift.overdue(six, six), Some(ShiftEnd::Planned));
    let resting = longer.take_break(NOON).unwrap().unwrap();
    assert_eq!(resting.shift().unwrap().overdue(six, six), Some(ShiftEnd::Planned));
    let busy = longer.consider(trip(100, &[5])).unwrap();
    assert_eq!(busy.shift().unwrap().overdue(six, six), None);
    // No plan goes beyond what the market allows.
    let late = approved
        .start_shift(&[], Some(NOON + minutes(600)), NOON)
        .unwrap()
        .unwrap();
    assert_eq!(late.shift().unwrap().ends_at(), NOON + minutes(360));
}

#[test]
fn a_break_has_no_offers_and_ends_with_a_new_stretch_of_work() {
    let working = free();
    let resting = working.take_break(NOON + minutes(60)).unwrap().unwrap();
    assert_eq!(resting.shift().map(|shift| shift.room(Vehicle::Bicycle)), Some(0));
    assert_eq!(resting.consider(trip(100, &[5])), Err(CourierRejection::NotFree));
    assert_eq!(resting.take_break(NOON + minutes(61)), Ok(None));
    assert_eq!(resting.shift().unwrap().span(NOON + minutes(70)), None);
    let again = resting.resume(&[], NOON + minutes(90)).unwrap().unwrap();
    let span = again.shift().unwrap().span(NOON + minutes(100)).unwrap();
    assert_eq!(span.from, NOON + minutes(90));
    assert_eq!(again.shift().unwrap().worked(NOON + minutes(100)), minutes(70));
    assert_eq!(again.resume(&[], NOON + minutes(91)), Ok(None));
    let busy = taken(&working.consider(trip(100, &[5])).unwrap(), 100, 5);
    assert_eq!(busy.take_break(NOON), Err(CourierRejection::Bound));
    assert_eq!(
        Courier::apply(Vehicle::Car).take_break(NOON),
        Err(CourierRejection::OffShift)
    );
}

#[test]
fn a_shift_ends_by_itself_after_silence_but_not_with_food_aboard() {
    let shift = free().shift().unwrap().clone();
    let quiet = NOON + SILENT_AFTER;
    assert_eq!(shift.overdue(NOON, quiet - minutes(1)), None);
    assert_eq!(shift.overdue(NOON, quiet), Some(ShiftEnd::Silent));
    assert_eq!(shift.overdue(NOON + minutes(5), quiet), None);
    let busy = taken(&free().consider(trip(100, &[5])).unwrap(), 100, 5);
    assert_eq!(busy.shift().unwrap().overdue(NOON, quiet), None);
    let resting = free().take_break(NOON).unwrap().unwrap();
    assert_eq!(resting.shift().unwrap().overdue(NOON, quiet), None);
    assert_eq!(
        resting.shift().unwrap().overdue(NOON, NOON + BREAK_MAX),
        Some(ShiftEnd::Silent)
    );
}

#[test]
fn a_courier_holds_one_offer_and_what_fits_into_the_bag() {
    let asked = free().consider(trip(100, &[5, 6])).unwrap();
    assert_eq!(asked.consider(trip(101, &[7])), Err(CourierRejection::NotFree));
    let engaged = taken(&taken(&asked, 100, 5), 100, 6);
    assert_eq!(engaged.jobs().len(), 2);
    // A bicycle carries three.
    assert_eq!(engaged.consider(trip(101, &[7, 8])), Err(CourierRejection::NotFree));
    assert_eq!(engaged.consider(trip(101, &[])), Err(CourierRejection::NotFree));
    let full = taken(&engaged.consider(trip(101, &[7])).unwrap(), 101, 7);
    assert_eq!(full.consider(trip(102, &[8])), Err(CourierRejection::NotFree));
    let over = |courier: &Courier| courier.live_offer(id(100), NOON).map(drop);
    assert_eq!(over(&full), Err(CourierRejection::OfferOver(OfferEnd::Accepted)));
}

#[test]
fn a_courier_is_free_with_the_last_delivery() {
    let asked = free().consider(trip(100, &[5, 6])).unwrap();
    let busy = taken(&taken(&asked, 100, 5), 100, 6);
    let one_left = let_go(&busy, 100, 5, OfferEnd::Accepted).unwrap();
    assert_eq!((one_left.jobs().len(), one_left.past.len()), (1, 0));
    let effect = Effect::LetGo(id(100), OfferEnd::Accepted);
    let done = one_left.after(effect, id(6)).unwrap();
    let shift = done.shift().unwrap();
    assert!(shift.is_free());
    assert_eq!((shift.brought, shift.since), (2, NOON));
    assert_eq!(
        done.live_offer(id(100), NOON),
        Err(CourierRejection::OfferOver(OfferEnd::Accepted))
    );
    assert_eq!(let_go(&done, 100, 6, OfferEnd::Accepted), None);
}

#[test]
fn what_is_withdrawn_out_of_an_offer_leaves_the_rest() {
    let asked = free().consider(trip(100, &[5, 6])).unwrap();
    let rest = let_go(&asked, 100, 5, OfferEnd::Withdrawn).unwrap();
    assert_eq!(rest.live_offer(id(100), NOON).unwrap().deliveries, [id(6)]);
    let declined = let_go(&rest, 100, 6, OfferEnd::Declined).unwrap();
    assert_eq!(declined.shift().unwrap().declined, 1);
    assert_eq!(
        declined.live_offer(id(100), NOON),
        Err(CourierRejection::OfferOver(OfferEnd::Declined))
    );
}

#[test]
fn a_late_answer_hears_what_became_of_the_offer() {
    let asked = free().consider(trip(100, &[5])).unwrap();
    let live = |courier: &Courier, at| courier.live_offer(id(100), at).cloned();
    assert_eq!(live(&asked, NOON), Ok(trip(100, &[5])));
    assert_eq!(
        live(&asked, offer().expires_at),
        Err(CourierRejection::OfferOver(OfferEnd::Expired))
    );
    assert_eq!(asked.live_offer(id(999), NOON), Err(CourierRejection::NeverAsked));
    let left = asked.end_shift(ShiftEnd::Wanted);
    assert_eq!(left.duty, Duty::OffShift);
    assert_eq!(live(&left, NOON), Err(CourierRejection::OfferOver(OfferEnd::Withdrawn)));
}

#[test]
fn the_deliveries_say_what_the_record_missed() {
    let asked = free().consider(trip(100, &[5, 6])).unwrap();
    let link = |delivery_id, _| {
        let state = if delivery_id == id(5) {
            State::Assigned(assignment())
        } else {
            State::Waiting
        };
        CourierLink::of(&state, ada(), id(100))
    };
    let settled = asked.settled(link).unwrap();
    assert_eq!(settled.jobs().len(), 1);
    assert_eq!(settled.shift().unwrap().offer, None);
    assert_eq!(settled.settled(link), None);
    let free = settled.settled(|_, _| CourierLink::None).unwrap();
    assert!(free.shift().unwrap().is_free());
    assert_eq!(asked.settled(|_, _| CourierLink::Asked), None);
}

#[test]
fn only_the_last_offers_are_remembered() {
    let mut courier = free();
    for number in 0..20 {
        courier = courier.consider(trip(number, &[5])).unwrap();
        courier = let_go(&courier, number, 5, OfferEnd::Declined).unwrap();
    }
    assert_eq!(courier.past.len(), PAST_OFFERS_MAX);
    assert_eq!(courier.past.last().unwrap().offer_id, id(19));
}

#[test]
fn with_an_expired_paper_no_shift_starts_until_an_operator_has_seen_a_new_one() {
    let approved = Courier::apply(Vehicle::Car).approve(Some(NOON)).unwrap();
    let start = |courier: &Courier, at| courier.start_shift(&[], None, at).map(|on| on.is_some());
    assert_eq!(start(&approved, NOON - minutes(1)), Ok(true));
    assert_eq!(start(&approved, NOON), Err(CourierRejection::DocumentExpired));
    let reason = RejectReason::DocumentsUnreadable;
    let rejected = approved.reject(reason, true).unwrap().unwrap();
    assert_eq!(
        (rejected.rejected, start(&rejected, NOON)),
        (Some(reason), Err(CourierRejection::DocumentExpired))
    );
    let renewed = rejected.approve(Some(NOON + minutes(60))).unwrap();
    assert_eq!((renewed.rejected, start(&renewed, NOON)), (None, Ok(true)));
    assert_eq!(renewed.approve(renewed.papers_until), None);
}
