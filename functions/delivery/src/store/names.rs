//! Words of the domain as the table holds them.

use serde::{Deserialize, Serialize};

use crate::domain::Vehicle;
use crate::domain::courier::{OfferEnd, RejectReason, ShiftEnd, SuspendReason};
use crate::domain::incident::{IncidentKind, Reporter};
use crate::domain::open::Food;

macro_rules! mirrored {
    ($(#[$doc:meta])* $record:ident = $domain:ident { $($name:ident),* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $record {
            $(
                #[doc = "As in the domain."]
                $name,
            )*
        }

        impl From<$domain> for $record {
            fn from(value: $domain) -> Self {
                match value { $($domain::$name => Self::$name,)* }
            }
        }

        impl From<$record> for $domain {
            fn from(record: $record) -> Self {
                match record { $($record::$name => Self::$name,)* }
            }
        }
    };
}

mirrored!(
    /// A vehicle.
    VehicleRecord = Vehicle { Bicycle, Scooter, Car, Foot }
);
mirrored!(
    /// What went wrong.
    IncidentRecord = IncidentKind {
        Accident, VehicleProblem, FoodDamaged, WrongItems, CustomerProblem, RestaurantProblem, CourierProblem, Other
    }
);
mirrored!(
    /// Who says so.
    ReporterRecord = Reporter { Courier, Restaurant, Operator }
);
mirrored!(
    /// Why an operator does not approve.
    RejectRecord = RejectReason { DocumentsMissing, DocumentsUnreadable, DocumentsExpired, NotEligible, Other }
);
mirrored!(
    /// Why an operator suspends a courier.
    SuspendRecord = SuspendReason { Conduct, Fraud, Safety, Other }
);
mirrored!(
    /// Why a shift ended.
    ShiftEndRecord = ShiftEnd { Wanted, Silent, WorkingTime, Planned, DocumentExpired, Suspended, RoleLost }
);
mirrored!(
    /// How far food is.
    FoodRecord = Food { Planned, Delayed, Ready }
);
mirrored!(
    /// What became of an offer.
    EndRecord = OfferEnd { Accepted, Declined, Expired, Withdrawn }
);
