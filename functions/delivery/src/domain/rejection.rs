//! Why a step of a delivery may not be done.

use kernel::{SignedDuration, Timestamp};

use super::transitions::{Phase, Verb};

/// Why something may not be done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// The delivery is somebody else's.
    #[error("the delivery is not assigned to this courier")]
    NotYours,
    /// It is not the time for it.
    #[error("`{}` is not possible while the delivery is `{}`", verb.as_str(), phase.as_str())]
    WrongState {
        /// Where the delivery stands.
        phase: Phase,
        /// What was wanted.
        verb: Verb,
    },
    /// The offer is no longer the live one.
    #[error("the offer has ended")]
    OfferOver,
    /// The kitchen has not said that the food is ready, and nothing shows that it gave it away.
    #[error("the food is not ready: send the `order_code` of the bag, or wait until the kitchen is done")]
    FoodNotReady,
    /// It is another order's bag.
    #[error("the order code is another order's")]
    OrderCodeWrong,
    /// Too many wrong codes were tried.
    #[error("the order code was wrong too often: wait until the kitchen is done")]
    OrderCodeLocked,
    /// The courier was not seen there.
    #[error("report your position at the door and say again that you have arrived: a photo alone proves nothing")]
    NotSeenAtDoor,
    /// There is nothing to judge, or it was judged otherwise.
    #[error("nothing is to be judged any more")]
    NothingToJudge,
    /// Too many wrong PINs were said.
    #[error("the PIN was wrong too often")]
    PinLocked,
    /// The courier has not arrived at the customer's door.
    #[error("arrive at the customer first")]
    NotAtDoor,
    /// The customer should say the PIN.
    #[error("a photo is not enough before {}: the customer may still open", until.at)]
    PhotoNotEnough {
        /// When a photo will be.
        until: Until,
    },
    /// The customer may still open.
    #[error("wait until {}: the customer may still open", until.at)]
    WaitLonger {
        /// How long.
        until: Until,
    },
}

/// The end of a waiting time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Until {
    /// When it is over.
    pub at: Timestamp,
    /// How much of it is left.
    pub left: SignedDuration,
}
