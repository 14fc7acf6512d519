//! Who may give which reason for an order's end. The reasons are those of the events.

use contracts::vocabulary::{CancelReason, RejectReason};

use super::Party;

/// Who may say, of their own accord, that this is why they cancel.
#[must_use]
pub const fn who_may_give(reason: CancelReason) -> &'static [Party] {
    match reason {
        CancelReason::ChangedMyMind
        | CancelReason::OrderedByMistake
        | CancelReason::WrongAddress
        | CancelReason::TooSlow => &[Party::Customer, Party::Operator],
        CancelReason::TooBusy | CancelReason::OutOfStock | CancelReason::Closing => {
            &[Party::Restaurant, Party::Operator]
        }
        CancelReason::Other => &[Party::Customer, Party::Restaurant, Party::Operator],
        CancelReason::NoCourier => &[Party::Operator],
        CancelReason::PaymentDeclined
        | CancelReason::PaymentTimeout
        | CancelReason::AuthorizationExpired
        | CancelReason::PaymentReleased
        | CancelReason::KitchenSilent => &[],
    }
}

/// Who has rejected an order for this reason.
#[must_use]
pub const fn rejected_by(reason: RejectReason) -> Party {
    match reason {
        RejectReason::TooBusy | RejectReason::OutOfStock | RejectReason::Closing | RejectReason::Other => {
            Party::Restaurant
        }
        RejectReason::NoAnswer => Party::Platform,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_give_reasons_of_their_own() {
        let given_by = |by| {
            let reasons = CancelReason::ALL
                .iter()
                .filter(|reason| who_may_give(**reason).contains(&by));
            reasons.map(|reason| reason.as_str()).collect::<Vec<_>>().join(" ")
        };
        for (by, reasons) in [
            (
                Party::Customer,
                "changed_my_mind ordered_by_mistake wrong_address too_slow other",
            ),
            (Party::Restaurant, "too_busy out_of_stock closing other"),
            (
                Party::Operator,
                "changed_my_mind ordered_by_mistake wrong_address too_slow too_busy out_of_stock closing other no_courier",
            ),
            (Party::Courier, ""),
            (Party::Payment, ""),
            (Party::Delivery, ""),
            (Party::Platform, ""),
        ] {
            assert_eq!(given_by(by), reasons, "{by}");
        }
    }
}
