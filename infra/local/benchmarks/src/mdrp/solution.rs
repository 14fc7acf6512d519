//! What was done, in the terms of the official evaluator, and as its three files.

use std::fmt::Write as _;

use super::instance::Instance;

/// A bundle handed to a courier.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pickup {
    /// When it was decided for good.
    pub assigned_at: i32,
    /// When it was handed over at the restaurant.
    pub picked_up_at: i32,
    /// To whom.
    pub courier: usize,
    /// The orders in the sequence of their drop-offs.
    pub orders: Vec<usize>,
}

/// An order handed to its customer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delivery {
    /// Which.
    pub order: usize,
    /// When it was picked up.
    pub picked_up_at: i32,
    /// When it was handed over.
    pub dropped_off_at: i32,
    /// By whom.
    pub courier: usize,
}

/// A place that a courier moves to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// Where the shift began.
    Start,
    /// A restaurant, by index.
    Restaurant(usize),
    /// An order's address, by index.
    Address(usize),
}

/// A way of a courier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub courier: usize,
    /// When the courier leaves.
    pub departs_at: i32,
    /// From where.
    pub from: Stop,
    /// To where.
    pub to: Stop,
}

/// A day as it went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Solution {
    /// In the sequence of the decisions.
    pub pickups: Vec<Pickup>,
    /// In any sequence.
    pub deliveries: Vec<Delivery>,
    /// In each courier's sequence.
    pub moves: Vec<Move>,
}

/// The files of the official evaluator: name and content.
pub type Files = [(&'static str, String); 3];

impl Solution {
    /// Writes the three files, space-separated with a header line each.
    #[must_use]
    pub fn files(&self, instance: &Instance) -> Files {
        [
            ("solution_info_assignments.txt", self.assignments(instance)),
            ("solution_info_orders.txt", self.orders(instance)),
            ("solution_info_couriers.txt", self.couriers(instance)),
        ]
    }

    fn assignments(&self, instance: &Instance) -> String {
        let mut text = String::from("assignment_time pickup_time courier orders\n");
        for pickup in &self.pickups {
            let orders: Vec<&str> = pickup
                .orders
                .iter()
                .map(|&order| instance.orders[order].name.as_str())
                .collect();
            line(
                &mut text,
                format_args!(
                    "{} {} {} {}",
                    pickup.assigned_at,
                    pickup.picked_up_at,
                    instance.couriers[pickup.courier].name,
                    orders.join(" ")
                ),
            );
        }
        text
    }

    fn orders(&self, instance: &Instance) -> String {
        let mut text = String::from("order placement_time ready_time pickup_time dropoff_time courier\n");
        let mut deliveries = self.deliveries.clone();
        deliveries.sort_by_key(|delivery| delivery.order);
        for delivery in deliveries {
            let order = &instance.orders[delivery.order];
            line(
                &mut text,
                format_args!(
                    "{} {} {} {} {} {}",
                    order.name,
                    order.placed_at,
                    order.ready_at,
                    delivery.picked_up_at,
                    delivery.dropped_off_at,
                    instance.couriers[delivery.courier].name
                ),
            );
        }
        text
    }

    fn couriers(&self, instance: &Instance) -> String {
        let mut text = String::from("courier departure_time origin destination\n");
        let mut moves = self.moves.clone();
        moves.sort_by_key(|step| step.courier);
        let name = |stop| match stop {
            Stop::Start => "0",
            Stop::Restaurant(restaurant) => instance.restaurants[restaurant].name.as_str(),
            Stop::Address(order) => instance.orders[order].name.as_str(),
        };
        for step in moves {
            let courier = &instance.couriers[step.courier].name;
            line(
                &mut text,
                format_args!("{courier} {} {} {}", step.departs_at, name(step.from), name(step.to)),
            );
        }
        text
    }
}

fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    if writeln!(text, "{content}").is_err() {
        text.push('\n');
    }
}
