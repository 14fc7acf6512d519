//! Orders as people live through them, through the public API. Each story has a place, a restaurant and people of its
//! own, so that all of them can run at once, and again while every call fails now and then.

mod accounts;
mod arrivals;
mod budget;
mod cancelling;
mod couriers;
mod currencies;
mod dispatching;
mod hand_over;
mod happy_path;
mod inputs;
mod kitchen;
mod menus;
mod ordering;
mod payment;
mod positions;
mod proof;
mod repetition;
mod shifts;
mod takeover;
mod tracking;
mod unpaid;
mod zones;
