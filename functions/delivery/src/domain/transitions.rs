//! The transition table of a delivery: the one source of what may follow what.
//!
//! The rules look it up before anything else, the README's diagram is drawn from it, and a test walks every phase with
//! every command against it.

/// A state without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Nobody is asked at the moment.
    Waiting,
    /// One courier is asked.
    Offered,
    /// A courier is on the way to the restaurant.
    Assigned,
    /// The courier stands at the restaurant.
    AtRestaurant,
    /// The courier has the food.
    PickedUp,
    /// The courier stands at the door.
    AtCustomer,
    /// The customer has the food.
    Delivered,
    /// The courier brings it back to the restaurant.
    Returning,
    /// It is back, or was thrown away on the way.
    Returned,
    /// The courier could not hand it over, and nothing is left to bring back.
    Failed,
    /// The order ended before the food arrived.
    Withdrawn,
}

impl Phase {
    /// Every phase.
    pub const ALL: [Self; 11] = [
        Self::Waiting,
        Self::Offered,
        Self::Assigned,
        Self::AtRestaurant,
        Self::PickedUp,
        Self::AtCustomer,
        Self::Delivered,
        Self::Returning,
        Self::Returned,
        Self::Failed,
        Self::Withdrawn,
    ];

    /// The name in JSON and in the diagram.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Offered => "offered",
            Self::Assigned => "assigned",
            Self::AtRestaurant => "at_restaurant",
            Self::PickedUp => "picked_up",
            Self::AtCustomer => "at_customer",
            Self::Delivered => "delivered",
            Self::Returning => "returning",
            Self::Returned => "returned",
            Self::Failed => "failed",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// True where no other phase can follow. Who is at fault may still be judged.
    #[must_use]
    pub fn is_end(self) -> bool {
        TRANSITIONS.iter().all(|(from, _, to)| *from != self || *to == self)
    }
}

/// A command without its data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// Ask a courier.
    Offer,
    /// Note that nobody is free.
    Miss,
    /// Take the offer.
    Accept,
    /// Take the offer back: declined, expired, or the courier left.
    EndOffer,
    /// Free the courier before the pick-up.
    Release,
    /// Note that the food is long overdue.
    NoteOverdue,
    /// Note that the kitchen needs longer.
    NoteDelay,
    /// Note that the food is ready.
    NoteReady,
    /// Note a new estimate.
    Reestimate,
    /// Stand at the restaurant.
    ArriveAtRestaurant,
    /// Take the food.
    PickUp,
    /// Stand at the door.
    ArriveAtCustomer,
    /// Give the food to the customer.
    HandOver,
    /// Give up on handing over: the food goes back.
    Fail,
    /// Give up on handing over food that is not worth bringing back.
    Discard,
    /// Be done with food that goes back.
    Return,
    /// Judge who is at fault.
    Judge,
    /// End the delivery with its order.
    Withdraw,
}

impl Verb {
    /// Every verb.
    pub const ALL: [Self; 18] = [
        Self::Offer,
        Self::Miss,
        Self::Accept,
        Self::EndOffer,
        Self::Release,
        Self::NoteOverdue,
        Self::NoteDelay,
        Self::NoteReady,
        Self::Reestimate,
        Self::ArriveAtRestaurant,
        Self::PickUp,
        Self::ArriveAtCustomer,
        Self::HandOver,
        Self::Fail,
        Self::Discard,
        Self::Return,
        Self::Judge,
        Self::Withdraw,
    ];

    /// The name in problems and in the diagram.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Offer => "offer",
            Self::Miss => "miss",
            Self::Accept => "accept",
            Self::EndOffer => "end_offer",
            Self::Release => "release",
            Self::NoteOverdue => "note_overdue",
            Self::NoteDelay => "note_delay",
            Self::NoteReady => "note_ready",
            Self::Reestimate => "reestimate",
            Self::ArriveAtRestaurant => "arrive_at_restaurant",
            Self::PickUp => "pick_up",
            Self::ArriveAtCustomer => "arrive_at_customer",
            Self::HandOver => "hand_over",
            Self::Fail => "fail",
            Self::Discard => "discard",
            Self::Return => "return",
            Self::Judge => "judge",
            Self::Withdraw => "withdraw",
        }
    }
}

/// From a phase, by a verb, to a phase. What is not here does not happen.
pub const TRANSITIONS: &[(Phase, Verb, Phase)] = &[
    (Phase::Waiting, Verb::Offer, Phase::Offered),
    (Phase::Waiting, Verb::Miss, Phase::Waiting),
    (Phase::Waiting, Verb::NoteDelay, Phase::Waiting),
    (Phase::Waiting, Verb::NoteReady, Phase::Waiting),
    (Phase::Waiting, Verb::Reestimate, Phase::Waiting),
    (Phase::Waiting, Verb::Withdraw, Phase::Withdrawn),
    (Phase::Offered, Verb::Accept, Phase::Assigned),
    (Phase::Offered, Verb::EndOffer, Phase::Waiting),
    (Phase::Offered, Verb::NoteDelay, Phase::Offered),
    (Phase::Offered, Verb::NoteReady, Phase::Offered),
    (Phase::Offered, Verb::Reestimate, Phase::Offered),
    (Phase::Offered, Verb::Withdraw, Phase::Withdrawn),
    (Phase::Assigned, Verb::ArriveAtRestaurant, Phase::AtRestaurant),
    (Phase::Assigned, Verb::PickUp, Phase::PickedUp),
    (Phase::Assigned, Verb::Release, Phase::Waiting),
    (Phase::Assigned, Verb::NoteOverdue, Phase::Assigned),
    (Phase::Assigned, Verb::NoteDelay, Phase::Assigned),
    (Phase::Assigned, Verb::NoteReady, Phase::Assigned),
    (Phase::Assigned, Verb::Reestimate, Phase::Assigned),
    (Phase::Assigned, Verb::Withdraw, Phase::Withdrawn),
    (Phase::AtRestaurant, Verb::ArriveAtRestaurant, Phase::AtRestaurant),
    (Phase::AtRestaurant, Verb::PickUp, Phase::PickedUp),
    (Phase::AtRestaurant, Verb::Release, Phase::Waiting),
    (Phase::AtRestaurant, Verb::NoteOverdue, Phase::AtRestaurant),
    (Phase::AtRestaurant, Verb::NoteDelay, Phase::AtRestaurant),
    (Phase::AtRestaurant, Verb::NoteReady, Phase::AtRestaurant),
    (Phase::AtRestaurant, Verb::Reestimate, Phase::AtRestaurant),
    (Phase::AtRestaurant, Verb::Withdraw, Phase::Withdrawn),
    (Phase::PickedUp, Verb::ArriveAtCustomer, Phase::AtCustomer),
    (Phase::PickedUp, Verb::HandOver, Phase::Delivered),
    (Phase::PickedUp, Verb::Fail, Phase::Returning),
    (Phase::PickedUp, Verb::Discard, Phase::Failed),
    (Phase::PickedUp, Verb::NoteOverdue, Phase::PickedUp),
    (Phase::PickedUp, Verb::Reestimate, Phase::PickedUp),
    (Phase::PickedUp, Verb::Withdraw, Phase::Withdrawn),
    (Phase::AtCustomer, Verb::ArriveAtCustomer, Phase::AtCustomer),
    (Phase::AtCustomer, Verb::HandOver, Phase::Delivered),
    (Phase::AtCustomer, Verb::Fail, Phase::Returning),
    (Phase::AtCustomer, Verb::Discard, Phase::Failed),
    (Phase::AtCustomer, Verb::NoteOverdue, Phase::AtCustomer),
    (Phase::AtCustomer, Verb::Reestimate, Phase::AtCustomer),
    (Phase::AtCustomer, Verb::Withdraw, Phase::Withdrawn),
    (Phase::Returning, Verb::NoteOverdue, Phase::Returning),
    (Phase::Returning, Verb::Judge, Phase::Returning),
    (Phase::Returning, Verb::Return, Phase::Returned),
    (Phase::Returned, Verb::Judge, Phase::Returned),
];

/// Where a verb leads from a phase, if it may be done there.
#[must_use]
pub fn target(from: Phase, verb: Verb) -> Option<Phase> {
    TRANSITIONS
        .iter()
        .find(|(phase, allowed, _)| *phase == from && *allowed == verb)
        .map(|(_, _, to)| *to)
}

/// The table as a diagram in Mermaid's language. What leaves the phase as it is, is left out.
#[cfg(test)]
pub fn diagram() -> String {
    use std::fmt::Write as _;
    let mut text = String::from("stateDiagram-v2\n    [*] --> waiting\n");
    for (from, verb, to) in TRANSITIONS.iter().filter(|(from, _, to)| from != to) {
        writeln!(text, "    {} --> {}: {}", from.as_str(), to.as_str(), verb.as_str()).unwrap();
    }
    for end in Phase::ALL.into_iter().filter(|phase| phase.is_end()) {
        writeln!(text, "    {} --> [*]", end.as_str()).unwrap();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_readme_shows_the_table() {
        let readme = include_str!("../../README.md");
        assert!(readme.contains(&diagram()), "put this into README.md:\n{}", diagram());
    }

    #[test]
    fn every_phase_is_reached_and_leads_to_an_end() {
        let mut reached = vec![Phase::Waiting];
        let mut next = 0;
        while let Some(from) = reached.get(next).copied() {
            next += 1;
            for (_, _, to) in TRANSITIONS.iter().filter(|(phase, _, _)| *phase == from) {
                if !reached.contains(to) {
                    reached.push(*to);
                }
            }
        }
        assert_eq!(reached.len(), Phase::ALL.len());
        for phase in Phase::ALL.into_iter().filter(|phase| !phase.is_end()) {
            // Food that goes back does so whatever becomes of its order.
            let ends = [Verb::Withdraw, Verb::Return];
            let ended = ends.iter().filter_map(|verb| target(phase, *verb)).any(Phase::is_end);
            assert!(ended, "{phase:?}");
        }
    }
}
