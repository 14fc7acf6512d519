//! Who sees where a courier is, and how exactly.
//!
//! A courier is seen by those whose food the courier fetches or carries, and only so long. Before the pick-up the customer
//! learns the neighbourhood: enough to see that somebody comes, and not enough to see where a courier lives or rests.

use kernel::{Meters, Position};

use super::State;

/// The side of the squares that a position is rounded to before the pick-up.
pub const BLUR_M: Meters = 250;
/// A degree of latitude, in metres, on a sphere of the mean radius.
const DEGREE_M: f64 = 111_195.0;
/// Nearer to a pole the squares would have no width.
const LATITUDE_MAX: f64 = 85.0;

/// Who looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Viewer {
    /// Who waits for the food.
    Customer,
    /// Whoever sees the courier at work: the restaurant, the courier, an operator.
    Colleague,
}

/// What is shown of a position.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sight {
    pub position: Position,
    /// True if it is the middle of a square of [`BLUR_M`] that the courier is in.
    pub approximate: bool,
}

/// What a viewer of a delivery sees of its courier's position.
#[must_use]
pub fn visible_position(viewer: Viewer, state: &State, position: Position) -> Option<Sight> {
    let exact = Some(Sight {
        position,
        approximate: false,
    });
    match state {
        State::Assigned(_) | State::AtRestaurant(_) => match viewer {
            Viewer::Colleague => exact,
            Viewer::Customer => blurred(position).map(|position| Sight {
                position,
                approximate: true,
            }),
        },
        State::PickedUp(_) | State::AtCustomer(_) => exact,
        // The food goes back: that is the restaurant's business, and not the customer's any more.
        State::Returning { .. } => exact.filter(|_| viewer == Viewer::Colleague),
        State::Waiting
        | State::Offered(_)
        | State::Delivered { .. }
        | State::Returned { .. }
        | State::Failed { .. }
        | State::Withdrawn { .. } => None,
    }
}

/// The middle of the square of [`BLUR_M`] around a position. The squares lie still, so that many sightings in one say no
/// more than one does.
fn blurred(position: Position) -> Option<Position> {
    let step = f64::from(BLUR_M) / DEGREE_M;
    let middle = |degrees: f64, step: f64| ((degrees / step).floor() + 0.5) * step;
    let lat = middle(position.lat().clamp(-LATITUDE_MAX, LATITUDE_MAX), step);
    // A degree of longitude is shorter by the cosine of the latitude, of the row's, lest its squares overlap.
    let lng = middle(position.lng(), step / lat.to_radians().cos());
    Position::new(lat, lng.clamp(-180.0, 180.0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::FailureReason;
    use crate::domain::cast::{NOON, ada, assignment, offer, trattoria};
    use proptest::prelude::*;

    #[test]
    fn the_customer_sees_a_neighbourhood_then_the_courier_then_nothing() {
        let courier_id = ada();
        let here = trattoria();
        let reason = FailureReason::Other;
        for (state, customer, colleague) in [
            (State::Waiting, None, None),
            (State::Offered(offer()), None, None),
            (State::Assigned(assignment()), Some(true), Some(false)),
            (State::AtRestaurant(assignment()), Some(true), Some(false)),
            (State::PickedUp(assignment()), Some(false), Some(false)),
            (State::AtCustomer(assignment()), Some(false), Some(false)),
            (State::Delivered { courier_id, at: NOON }, None, None),
            (
                State::Returning {
                    assignment: assignment(),
                    reason,
                },
                None,
                Some(false),
            ),
            (State::Returned { courier_id, reason }, None, None),
            (State::Failed { courier_id, reason }, None, None),
            (State::Withdrawn { courier_id: None }, None, None),
        ] {
            let approximate = |viewer| visible_position(viewer, &state, here).map(|sight| sight.approximate);
            assert_eq!(approximate(Viewer::Customer), customer, "{state:?}");
            assert_eq!(approximate(Viewer::Colleague), colleague, "{state:?}");
        }
    }

    proptest! {
        #[test]
        fn a_blurred_position_is_near_and_the_same_all_over_its_square(lat in -80.0_f64..80.0, lng in -179.0_f64..179.0) {
            let position = Position::new(lat, lng).unwrap();
            let shown = blurred(position).unwrap();
            // Half a diagonal, and a little for the rounding to metres.
            prop_assert!(shown.distance(position) <= BLUR_M * 71 / 100 + 2, "{}", shown.distance(position));
            prop_assert!(blurred(shown).unwrap().distance(shown) <= 1);
        }
    }
}
