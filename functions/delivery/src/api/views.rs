//! Answers that several operations share.

use kernel::{Country, CourierId, DeliveryId, Meters, Money, OfferId, OrderId, Position, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::shapes::{AddressLine, RejectName, RestaurantName, ShiftEndName, StateName, SuspendName, VehicleName};
use crate::domain::courier::{Courier, Duty, RejectReason, ShiftEnd, SuspendReason};
use crate::domain::tariff;
use crate::domain::{Delivery, Eta, Facts, Offer, Vehicle};
use crate::store::{CASES_MAX, Cases};

/// A courier.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct CourierView {
    /// The courier.
    pub courier_id: CourierId,
    /// Whether approved, and what the courier is doing.
    pub status: CourierStatus,
    /// What the courier rides.
    #[schema(value_type = VehicleName)]
    pub vehicle: Vehicle,
    /// Where the courier works, whose limits of working time hold: ISO 3166-1 alpha-2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Country>,
    /// Until when the courier may work without a break, on shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub works_until: Option<Timestamp>,
    /// Until when the courier means to work, on a planned shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub planned_until: Option<Timestamp>,
    /// Since when the courier has a break.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub break_since: Option<Timestamp>,
    /// Why the last shift ended, off shift.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<ShiftEndName>)]
    pub shift_ended: Option<ShiftEnd>,
    /// Why an operator did not approve: apply again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RejectName>)]
    pub rejected: Option<RejectReason>,
    /// Why an operator suspended the courier, who starts no shift and gets no offers until reinstated.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<SuspendName>)]
    pub suspended: Option<SuspendReason>,
}

/// Whether a courier is approved, and what the courier is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum CourierStatus {
    /// Waiting for an operator's approval.
    Pending,
    /// Approved, and off shift.
    Approved,
    /// Approved and suspended, and off shift.
    Suspended,
    /// On shift, and in a break.
    OnBreak,
    /// On shift, and free for an offer.
    Free,
    /// On shift, and asked to take a trip, perhaps the next one.
    Asked,
    /// On shift, and on a trip.
    Busy,
}

impl CourierView {
    /// A courier as others see one.
    #[must_use]
    pub fn new(courier_id: CourierId, courier: &Courier) -> Self {
        let status = match &courier.duty {
            Duty::Pending => CourierStatus::Pending,
            Duty::OffShift if courier.suspended.is_some() => CourierStatus::Suspended,
            Duty::OffShift => CourierStatus::Approved,
            Duty::OnShift(shift) if shift.break_since.is_some() => CourierStatus::OnBreak,
            Duty::OnShift(shift) if shift.is_free() => CourierStatus::Free,
            Duty::OnShift(shift) if shift.offer.is_some() => CourierStatus::Asked,
            Duty::OnShift(_) => CourierStatus::Busy,
        };
        Self {
            courier_id,
            status,
            vehicle: courier.vehicle,
            country: courier.country,
            works_until: courier.shift().map(|shift| shift.works_until),
            planned_until: courier.shift().and_then(|shift| shift.planned_until),
            break_since: courier.shift().and_then(|shift| shift.break_since),
            shift_ended: courier.ended,
            rejected: courier.rejected,
            suspended: courier.suspended,
        }
    }
}

/// When the food should arrive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct EtaView {
    /// Hardly before.
    pub earliest: Timestamp,
    /// As likely before as after.
    pub likely: Timestamp,
    /// Hardly after.
    pub latest: Timestamp,
}

impl From<Eta> for EtaView {
    fn from(eta: Eta) -> Self {
        Self {
            earliest: eta.earliest,
            likely: eta.likely,
            latest: eta.latest,
        }
    }
}

/// What a courier does at a stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StopKind {
    /// Fetches the food.
    Pickup,
    /// Hands it over.
    DropOff,
    /// Brings back what could not be handed over.
    Return,
}

/// A stop of an offer: before a courier has taken it, the customer's address and instructions are nobody's business.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OfferStop {
    /// What is done there.
    pub kind: StopKind,
    /// Where it is.
    pub position: Position,
    /// The restaurant's name, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<RestaurantName>)]
    pub name: Option<String>,
    /// The restaurant's address, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<AddressLine>)]
    pub address: Option<String>,
    /// When the food is ready, at the pick-up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ready_at: Option<Timestamp>,
}

/// A delivery of an offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfferedDelivery {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its order.
    pub order_id: OrderId,
}

/// An offer to a courier: one delivery, or several from one restaurant, taken or left as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct OfferView {
    /// The offer.
    pub offer_id: OfferId,
    /// Its first delivery.
    pub delivery_id: DeliveryId,
    /// The order of the first delivery.
    pub order_id: OrderId,
    /// All of its deliveries, in the sequence of their drop-offs.
    pub deliveries: Vec<OfferedDelivery>,
    /// Where to go, in order.
    pub stops: Vec<OfferStop>,
    /// What the courier gets for all of it, with the tips.
    pub pay: Money,
    /// The part of it that is the customers' tips.
    pub tip: Money,
    /// From the courier over the restaurant to the last customer, in metres.
    #[schema(value_type = u32)]
    pub distance_m: Meters,
    /// Until when it may be taken.
    pub expires_at: Timestamp,
}

impl OfferView {
    /// An offer as its courier sees it; `None` without a delivery.
    #[must_use]
    pub fn new(offer: &Offer, trip: &[(DeliveryId, &Delivery)]) -> Option<Self> {
        let (first_id, first) = trip.first()?;
        let mut stops = vec![OfferStop {
            kind: StopKind::Pickup,
            position: first.facts.pickup.position,
            name: Some(first.facts.restaurant_name.clone()),
            address: Some(first.facts.pickup.address.clone()),
            ready_at: trip.iter().map(|(_, delivery)| delivery.ready_at()).max(),
        }];
        let (mut here, mut distance_m) = (first.facts.pickup.position, offer.approach_m);
        for (_, delivery) in trip {
            let position = delivery.facts.drop_off.position;
            distance_m = distance_m.saturating_add(here.way(position));
            here = position;
            stops.push(OfferStop {
                kind: StopKind::DropOff,
                position,
                name: None,
                address: None,
                ready_at: None,
            });
        }
        let sum = |amounts: &dyn Fn(&Facts) -> Money| {
            let start = Money::new(0, first.facts.tip.currency());
            let amounts = trip.iter().map(|(_, delivery)| amounts(&delivery.facts));
            amounts.fold(start, |sum, amount| sum.plus(amount).unwrap_or(sum))
        };
        Some(Self {
            offer_id: offer.offer_id,
            delivery_id: *first_id,
            order_id: first.facts.order_id,
            deliveries: trip
                .iter()
                .map(|(delivery_id, delivery)| OfferedDelivery {
                    delivery_id: *delivery_id,
                    order_id: delivery.facts.order_id,
                })
                .collect(),
            stops,
            pay: sum(&pay),
            tip: sum(&|facts| facts.tip),
            distance_m,
            expires_at: offer.expires_at,
        })
    }
}

fn pay(facts: &Facts) -> Money {
    let trip_m = facts.pickup.position.way(facts.drop_off.position);
    let pay = tariff::pay(trip_m, facts.tip.currency());
    pay.plus(facts.tip).unwrap_or(pay)
}

/// A delivery as its courier sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct DeliveryView {
    /// The delivery.
    pub delivery_id: DeliveryId,
    /// Its order.
    pub order_id: OrderId,
    /// Where it stands.
    #[schema(value_type = StateName)]
    pub state: &'static str,
    /// Until when an operator judges who is at fault, if that is not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub review_by: Option<Timestamp>,
}

/// What a courier was involved in during the last 30 days, counted up to 100.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct CasesView {
    /// Deliveries that were not handed over.
    #[schema(maximum = 100)]
    pub failed: usize,
    /// Those of them that an operator found to be the courier's fault.
    #[schema(maximum = 100)]
    pub at_fault: usize,
    /// PINs that were wrong too often.
    #[schema(maximum = 100)]
    pub pin_locked: usize,
}

const _: () = assert!(CASES_MAX == 100, "the schema above says so");

impl From<Cases> for CasesView {
    fn from(cases: Cases) -> Self {
        Self {
            failed: cases.failed,
            at_fault: cases.at_fault,
            pin_locked: cases.pin_locked,
        }
    }
}

impl DeliveryView {
    /// A delivery as its courier sees it.
    #[must_use]
    pub fn new(delivery_id: DeliveryId, delivery: &Delivery) -> Self {
        Self {
            delivery_id,
            order_id: delivery.facts.order_id,
            state: delivery.progress.state.phase().as_str(),
            review_by: delivery.progress.review.map(|review| review.until),
        }
    }
}

/// What a courier has taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct TakenView {
    /// The first delivery.
    #[serde(flatten)]
    pub first: DeliveryView,
    /// All of them.
    pub deliveries: Vec<DeliveryView>,
}
