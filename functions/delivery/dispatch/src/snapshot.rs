//! What goes in and what comes out.

/// An instant or a duration in ticks. The caller chooses the tick and tells it by [`Parameters::minute`].
///
/// [`Parameters::minute`]: crate::Parameters::minute
pub type Time = i32;

/// How long a way takes. The service has a learned model of its zone, the benchmark a formula.
pub trait Travel<P> {
    /// The time from `from` to `to` at the usual pace.
    fn time(&self, from: P, to: P) -> Time;
}

impl<P, F: Fn(P, P) -> Time> Travel<P> for F {
    fn time(&self, from: P, to: P) -> Time {
        self(from, to)
    }
}

/// Everything the engine may know.
#[derive(Debug, Clone)]
pub struct Snapshot<'a, P> {
    /// The present.
    pub now: Time,
    /// Those on shift, and those whose shift begins soon.
    pub couriers: &'a [Courier<P>],
    /// Those for whom no courier is committed.
    pub orders: &'a [Order<P>],
    /// Pairs of a courier's and an order's id that must not come together: declined, too heavy, wrong vehicle. Sorted.
    pub refusals: &'a [(u32, u32)],
    /// How long the ends of a way take.
    pub service: Service,
    /// Where orders are expected from, and in what proportion: restaurants, or cells. Empty if nothing is known. Only the
    /// [`DEMAND_PLACES_MAX`] with the most are looked at.
    pub demand: &'a [(P, u32)],
    /// [`Decisions::plan`] of the last epoch; empty at the first. Anything in it that is gone is ignored.
    pub plan: &'a [Trip],
}

/// More places of demand hardly change how far a courier is from it.
pub const DEMAND_PLACES_MAX: usize = 32;

/// A courier, from the moment at which the last committed trip ends.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Courier<P> {
    /// The caller's number.
    pub id: u32,
    /// Where the committed trips end, or where the courier waits.
    pub place: P,
    /// When the committed trips end; the past, if the courier waits; the future, if the shift has not begun.
    pub free_at: Time,
    /// The end of the shift: no food is picked up later.
    pub off_at: Time,
    /// The most orders in one trip.
    pub capacity: usize,
    /// The courier's time for a way, in percent of the usual.
    pub pace_percent: Time,
    /// How much is owed to this courier, in hundredths of a minute of a customer's waiting: who idled or earned little
    /// has a positive credit and is preferred by as much; who declines often, a negative one.
    pub credit: Time,
}

/// An order that waits for its courier.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Order<P> {
    /// The caller's number.
    pub id: u32,
    /// The restaurant: orders with the same number may share a trip.
    pub restaurant: u32,
    /// Where the restaurant is.
    pub pickup: P,
    /// Where the customer is.
    pub drop_off: P,
    /// When it was placed.
    pub placed_at: Time,
    /// When the food is, or is expected to be, ready.
    pub ready_at: Time,
    /// By how much that is usually wrong (the standard deviation); 0 if it is known.
    pub ready_spread: Time,
}

/// How long a courier takes at the ends of a way.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Service {
    /// From the arrival at the restaurant to being at the counter.
    pub before_pickup: Time,
    /// From being handed the food to leaving the restaurant.
    pub after_pickup: Time,
    /// From the arrival at the address to handing over.
    pub before_drop_off: Time,
    /// From handing over to leaving.
    pub after_drop_off: Time,
}

/// One visit to a restaurant and the drop-offs that follow it, in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trip {
    /// The courier's id.
    pub courier: u32,
    /// The orders' ids in the sequence of their drop-offs.
    pub orders: Vec<u32>,
}

/// A trip to be carried out now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commitment {
    /// The trip.
    pub trip: Trip,
    /// When the food is expected to be handed to the courier.
    pub pickup_at: Time,
    /// When the last order is expected to be handed over.
    pub done_at: Time,
}

/// A courier who goes to a restaurant now, although the trip stays open: it is not known when its food will be ready, and by
/// then the courier may be given another order that is ready first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Approach {
    /// The courier's id.
    pub courier: u32,
    /// The id of an order of the restaurant.
    pub order: u32,
}

/// What to do in this epoch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decisions {
    /// To be told to the couriers now.
    pub commit: Vec<Commitment>,
    /// Where to go already; the trips themselves are held.
    pub approach: Vec<Approach>,
    /// What is held, in each courier's sequence: not a promise, only where the next epoch begins.
    pub plan: Vec<Trip>,
    /// Orders for which the plan has no place: nobody can bring them in time as things stand.
    pub unplaced: Vec<u32>,
}
