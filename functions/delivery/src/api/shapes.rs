//! What texts look like whose own type does not say it: by the lists and the bounds that the service goes by.

use contracts::internal::{ADDRESS_LINE_MAX, CITY_MAX, INSTRUCTIONS_MAX, POSTAL_CODE_MAX};
use contracts::restaurant::NAME_CHARACTERS_MAX;
use contracts::vocabulary::{DeclineReason, FailureReason, Fault, ReleaseDetail, ReturnOutcome, closed_schema};
use kernel::Position;
use runtime::openapi::shapes::{pattern, text, words};
use runtime::shapes;

use crate::domain::Vehicle;
use crate::domain::courier::{RejectReason, ShiftEnd, SuspendReason};
use crate::domain::incident::IncidentKind;
use crate::domain::proof::PHOTO_TYPES;
use crate::domain::transitions::Phase;

/// Characters of a paper's number, at most.
pub const REFERENCE_LENGTH_MAX: usize = 200;
/// Characters of what somebody notes about a delivery, at most.
pub const NOTE_LENGTH_MAX: usize = 500;
/// Characters of an address in one line, at most: its parts, and what joins them.
const ADDRESS_LENGTH_MAX: usize = 2 * ADDRESS_LINE_MAX + CITY_MAX + POSTAL_CODE_MAX + 5;

shapes! {
    /// Where a delivery stands.
    StateName = words(Phase::ALL.map(Phase::as_str));
    /// What a photo is.
    PhotoType = words(PHOTO_TYPES);
    /// What a courier rides.
    VehicleName = closed_schema::<Vehicle>();
    /// Why a shift ended.
    ShiftEndName = closed_schema::<ShiftEnd>();
    /// Why an operator suspends a courier.
    SuspendName = closed_schema::<SuspendReason>();
    /// Why somebody is not approved.
    RejectName = closed_schema::<RejectReason>();
    /// What happened.
    IncidentName = closed_schema::<IncidentKind>();
    /// Why the food cannot be handed over.
    FailureReasonName = closed_schema::<FailureReason>();
    /// Who bears the price of food that was not handed over.
    FaultName = closed_schema::<Fault>();
    /// What became of the food.
    ReturnOutcomeName = closed_schema::<ReturnOutcome>();
    /// Why an offer is declined.
    DeclineReasonName = closed_schema::<DeclineReason>();
    /// Why a courier is taken off a delivery.
    UnassignReasonName = closed_schema::<ReleaseDetail>();
    /// Where a photo of a delivery is kept.
    PhotoKey = pattern(
        "^photos/del_[0-7][0-9a-hjkmnp-tv-z]{25}/[0-9a-f]{32}$",
        "photos/del_01jd8v4q6nf2x9m3k7p0zr5t1c/0af7651916cd43dd8448eb211c80319c",
    );
    /// A zone, by H3's index of a cell of resolution 5: the finer resolutions are unused, so all ones.
    ZoneId = pattern("^85[0-9a-f]{5}[37bf]f{7}$", "85196953fffffff");
    /// What a customer says to get the food.
    Pin = pattern("^[0-9]{4}$", "0042");
    /// The end of an order's id, as bags have it.
    OrderCode = pattern("^[0-9A-HJKMNP-TV-Z]{4}$", "5T1C");
    /// The end of an order's id, as people read it off a bag.
    EnteredOrderCode = pattern("^[0-9A-HJKMNP-TV-Za-hjkmnp-tv-z]{4}$", "5T1C");
    /// A number of bytes as a header has it.
    ContentLength = pattern("^[1-9][0-9]{0,6}$", "284113");
    /// Any that there is.
    AnyTag = pattern(r"^\*$", "*");
    /// The number of a paper, or where it is kept.
    Reference = text(REFERENCE_LENGTH_MAX, "NL-4711-0815");
    /// What somebody notes about a delivery.
    Note = text(NOTE_LENGTH_MAX, "The bell does not work.");
    /// A restaurant's name.
    RestaurantName = text(NAME_CHARACTERS_MAX, "Trattoria Bellini");
    /// Street, house number and city.
    AddressLine = text(ADDRESS_LENGTH_MAX, "Kerkstraat 12, 1017 GM Amsterdam");
    /// What the courier should know at the door.
    Instructions = text(INSTRUCTIONS_MAX, "Third floor, the left door.");
    /// A position as a query has it: latitude and longitude in degrees.
    LatLng = pattern(Position::PATTERN, "52.37,4.90");
}
