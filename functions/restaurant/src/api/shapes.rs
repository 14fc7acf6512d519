//! What texts look like whose own type does not say it: by the bounds that the service goes by.

use kernel::Position;
use runtime::openapi::shapes::{pattern, text};
use runtime::shapes;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};

use crate::domain::menu::TAG_LENGTH_MAX;
use crate::domain::profile::{CUISINE_LENGTH_MAX, DESCRIPTION_LENGTH_MAX, NAME_LENGTH_MAX};
use crate::domain::review::COMMENT_LENGTH_MAX;
use crate::domain::search::TEXT_LENGTH_MAX;
use crate::domain::stage::PAUSE_REASON_LENGTH_MAX;

/// Characters of the reason for which a restaurant is taken off, at most.
pub const SUSPENSION_REASON_LENGTH_MAX: usize = 500;
/// Characters of a phone's number as people read it, at most: fifteen digits, and what stands between them.
const SHOWN_PHONE_LENGTH_MAX: usize = 40;

shapes! {
    /// A restaurant's name.
    RestaurantName = text(NAME_LENGTH_MAX, "Trattoria Bellini");
    /// What a restaurant is like.
    RestaurantDescription = text(DESCRIPTION_LENGTH_MAX, "Pizze from a wood oven, and pasta made every morning.");
    /// A kind of kitchen.
    Cuisine = text(CUISINE_LENGTH_MAX, "italian");
    /// A diet that a dish suits.
    Diet = text(TAG_LENGTH_MAX, "vegetarian");
    /// A number as it is dialled within its country.
    NationalPhone = text(SHOWN_PHONE_LENGTH_MAX, "020 555 0101");
    /// A number as it is written for people elsewhere.
    InternationalPhone = text(SHOWN_PHONE_LENGTH_MAX, "+31 20 555 0101");
    /// The id of an item or an option on a menu.
    EntryId = pattern("^[A-Za-z0-9_-]{1,64}$", "margherita");
    /// What a customer writes of an order.
    ReviewComment = text(COMMENT_LENGTH_MAX, "Crisp, and still hot.");
    /// Why no orders are taken, for customers to read.
    PauseReason = text(PAUSE_REASON_LENGTH_MAX, "The oven is being repaired.");
    /// Why a restaurant is taken off, for its staff to read.
    SuspensionReason = text(SUSPENSION_REASON_LENGTH_MAX, "The licence has expired.");
    /// What is looked for; an empty text is nothing.
    SearchText = text(TEXT_LENGTH_MAX, "pizza").min_length(None);
    /// A position as a query has it: latitude and longitude in degrees.
    LatLng = pattern(Position::PATTERN, "52.37,4.90");
    /// An entity tag: RFC 9110 (8.8.3), never a weak one.
    EntityTag = pattern("^\"[!#-~]*\"$", "\"3-0af7651916cd43dd\"");
    /// Entity tags, or any: RFC 9110 (13.1.2). What is none is no reason to refuse anybody the menu.
    EntityTags = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::Custom("entity-tags".to_owned())))
        .examples(["\"3-0af7651916cd43dd\""]);
    /// For how many seconds anybody may keep an answer.
    CacheControl = pattern("^public, max-age=[0-9]+$", "public, max-age=30");
}
