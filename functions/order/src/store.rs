//! What the table holds, under which keys, and what one commit of this service writes.
//!
//! | item | `pk` | `sk` | index |
//! |---|---|---|---|
//! | quote | `QUOTE#<id>` | `QUOTE` | |
//! | order, as it was placed | `ORDER#<id>` | `PLACED` | GSI1 `CUSTOMER#<id>`, GSI2 `RESTAURANT#<id>` |
//! | event of an order, with the state after it | `ORDER#<id>` | `EVENT#<sequence>` | the first: GSI1 `ORDERS#<shard>` |
//! | who comes for an order's food, if anybody | `ORDER#<id>` | `LINK#COURIER` | |
//! | replica of a restaurant | `RESTAURANT#<id>` | `REPLICA` | |
//! | replica of a published menu | `RESTAURANT#<id>` | `MENU#<version>` | |
//! | what sold out since | `RESTAURANT#<id>` | `OVERRIDES` | |
//! | counts every change of the three above | `RESTAURANT#<id>` | `GATE` | |
//! | which orders of a customer wait for their payment | `CUSTOMER#<id>` | `WAITING` | |
//! | what cancelling an order costs, as its customer was last shown | `TERMS#<order>` | `SHOWN` | |
//! | what a kitchen has taken for a slot | `SLOT#<restaurant>#<start>` | `SLOT` | |
//!
//! An order is its events: each event item also carries the state that the event led to, and what never changes is
//! written once, at placing. Writing event `n + 1`, which can be done once, is the whole optimistic lock, so a step of an
//! order is one conditional put of one item instead of a transaction over two. One query of the order's partition from
//! its end brings what was placed, the courier and the last event. The indexes hold keys only and are written once in an
//! order's life.

mod listed;
mod lists;
mod order;
mod quote;
mod restaurant;
mod terms;
mod waiting;

pub use listed::{EndedOrders, Listed, load_listed};
pub use lists::{
    Pointer, Progress, SHARDS, customer_list, customers_orders, newest, restaurants_orders, shard_orders_placed,
};
pub use order::{
    COURIER_COMES, Loaded, PlacedRecord, append, begin, history, load, nobody_comes, note_courier, placed_key,
};
pub use quote::{AmountsRecord, Contents, QuoteRecord, quote_key};
pub use restaurant::{
    GateRecord, KITCHEN_FULL, Known, MenuCache, MenuRecord, OverridesRecord, RESTAURANT_CHANGED, ReplicaRecord, Slot,
    gate_key, known, loads, menu_key, overrides_key, release_slot, replica_key, take_slot,
};
pub use terms::{TermsRecord, show_terms, terms_key};
pub use waiting::{WaitingRecord, join, waiting_key};
