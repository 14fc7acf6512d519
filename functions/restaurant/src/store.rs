//! What the table holds, under which keys, and what one commit of this service writes.
//!
//! | item | `pk` | `sk` | index |
//! |---|---|---|---|
//! | restaurant | `RESTAURANT#<id>` | `STATE` | GSI2 `SUBMITTED` while it waits for approval |
//! | its event | `RESTAURANT#<id>` | `EVENT#<sequence>` | |
//! | what a search knows of it, and its rating | `RESTAURANT#<id>` | `LISTING` | GSI1 `CELL#<cell>` while it is public |
//! | draft of its menu | `RESTAURANT#<id>` | `MENU#DRAFT` | |
//! | published menu, the last 20 | `RESTAURANT#<id>` | `MENU#<version>` | |
//! | who works where, or is invited to | `USER#<id>` | `RESTAURANT#<id>` | |
//! | review, or the invitation to one | `REVIEW#<id>` | `STATE` | GSI2 `RESTAURANT#<id>` once it is written |

mod listing;
mod menu;
mod restaurant;
mod review;

pub use listing::find_in_cell;
pub use menu::{MENUS_KEPT, MenuRecord, draft_key, load_draft, load_published_menu};
pub use restaurant::{
    MembershipRecord, RestaurantRecord, change, create, load_rated_restaurant, load_restaurant, load_restaurants,
    memberships, restaurant_key, submitted,
};
pub use review::{ReviewRecord, review_key, reviews_of, write_review};
