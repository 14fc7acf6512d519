//! `cargo local demo`: customers, kitchens and couriers live through orders while you watch; then how the orders ended, the
//! receipts, the messages that were sent, and what it all cost.

mod bill;
mod cast;
mod courier;
mod customer;
mod kitchen;
mod receipts;
mod report;
mod show;
mod tale;

use std::thread;
use std::time::Duration;

use clap::Args;

use crate::failure::{Failure, Outcome};
use crate::instance::Instance;
use crate::outputs::Outputs;
use crate::record::Record;
use crate::seed::{self, Town, city, list, orderable};
use crate::ui::{Step, complain, say, table};

use courier::Courier;
use customer::Customer;
use kitchen::Kitchen;
use receipts::Mailbox;
use show::Show;
use tale::{End, Tale};

/// How many orders are looked up at once.
const AT_ONCE: usize = 8;

/// How `demo` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// How many orders to live through.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=200))]
    orders: u32,
    /// How long people take for each thing they do, in milliseconds.
    #[arg(long, default_value_t = 400)]
    pace: u64,
}

/// Mends what it needs, lives through the orders and tells how they ended.
///
/// # Errors
/// When nothing runs, it has no city, what the demonstration needs cannot be mended, or an order does not come to an end.
pub fn run(instance: &Instance, options: &Options) -> Outcome {
    Record::require(instance)?;
    let outputs = Outputs::load(instance)?;
    if outputs.logins.is_empty() {
        return Err(Failure::new(
            "The platform has no people",
            "it was started with --bare",
            format!("make a city with `{}`", instance.command("seed")),
        ));
    }
    let town = gather(instance, outputs, options.orders)?;
    let cast = assemble(&town)?;
    let aws = instance.aws();
    let mailbox = Mailbox::of(&aws, &town.customers[0].person)?;
    let show = Show::new(Duration::from_millis(options.pace), options.orders);
    let since = crate::clock::now().as_millisecond();
    say("");
    let mut tales = perform(&show, cast, options.orders)?;
    let lasted = show.elapsed();
    look_again(&show, &mut tales);

    say(format!("\n{} orders in {:.1} s:\n", tales.len(), lasted.as_secs_f64()));
    report::ends(&tales).iter().for_each(say);
    say("");
    table(&report::times(&tales));
    let is_his = |tale: &&Tale| tale.end == Some(End::Delivered) && is_of(tale.number, 0, town.customers.len());
    let delivered: Vec<&str> = tales.iter().filter(is_his).map(|tale| tale.order_id.as_str()).collect();
    receipts::print_receipts(&town.customers[0].api, &delivered)?;
    mailbox.print_new(&aws)?;
    bill::print(&aws, since, options.orders)?;
    if report::all_ended(&tales) {
        return Ok(());
    }
    Err(Failure::new(
        "Not every order came to its end",
        "the list above says which, and where they stand",
        format!(
            "see `{}` for messages that wait, and `{}`",
            instance.command("status"),
            instance.command("logs")
        ),
    ))
}

/// Everybody whom so many orders need, signed in, approved and free, and the restaurants open: what is not so is mended.
fn gather(instance: &Instance, mut outputs: Outputs, orders: u32) -> Outcome<Town> {
    let step = Step::begin("Gathering customers, couriers and restaurants");
    let city = city()?;
    let customers = cast::further_customers(&city["customer"], orders);
    let couriers = cast::further_couriers(list(&city["couriers"]), orders);
    let town = seed::settle(&outputs, &customers, &couriers)?;
    for id in &town.restaurants {
        orderable(&town.customers[0].api, id)?;
    }
    if outputs.city.restaurant_ids != town.restaurants {
        outputs.city.restaurant_ids.clone_from(&town.restaurants);
        outputs.save(instance)?;
    }
    let (customers, couriers) = (town.customers.len(), town.couriers.len());
    step.done(&format!(
        "{customers} customers, {couriers} couriers; {}",
        super::seed::count(town.mended.len())
    ));
    // Of those who were brought for this demonstration alone it is enough to say that they came.
    let (further, mended): (Vec<String>, Vec<String>) = town
        .mended
        .iter()
        .cloned()
        .partition(|line| cast::is_about_further(line));
    super::seed::print(&mended);
    if !further.is_empty() {
        say(format!("    {} more for further customers and couriers", further.len()));
    }
    Ok(town)
}

/// Sends the couriers on shift. Who may not work is left out, unless that leaves nobody.
fn start_shifts(town: &Town) -> Outcome<Vec<Courier>> {
    let mut couriers = Vec::new();
    for resident in &town.couriers {
        match Courier::start(resident) {
            Ok(courier) => couriers.push(courier),
            Err(failure) => complain(format!("  {} stays at home. {failure}", resident.person["name"])),
        }
    }
    if couriers.is_empty() {
        return Err(Failure::new(
            "No courier can work",
            "the reasons stand above",
            "start afresh with `cargo local down` and `cargo local up`",
        ));
    }
    Ok(couriers)
}

/// Everybody at their place, and connected.
struct Ensemble<'a> {
    customers: Vec<Customer<'a>>,
    kitchens: Vec<Kitchen>,
    couriers: Vec<Courier>,
}

fn assemble(town: &Town) -> Outcome<Ensemble<'_>> {
    let couriers = start_shifts(town)?;
    let customers = town.customers.iter();
    let customers = customers.map(|resident| Customer::new(resident, &town.restaurants));
    Ok(Ensemble {
        customers: customers.collect::<Outcome<Vec<_>>>()?,
        kitchens: town
            .restaurants
            .iter()
            .map(|id| Kitchen::open(&town.owner, id))
            .collect(),
        couriers,
    })
}

/// Whether an order is one of a customer's, who take turns.
fn is_of(number: u32, customer: usize, customers: usize) -> bool {
    number.saturating_sub(1) as usize % customers == customer
}

/// Lets everybody do their part until every order has ended; the orders by number.
fn perform(show: &Show, cast: Ensemble<'_>, orders: u32) -> Outcome<Vec<Tale>> {
    let count = cast.customers.len();
    thread::scope(|scope| {
        for kitchen in cast.kitchens {
            scope.spawn(|| kitchen.work(show));
        }
        for courier in cast.couriers {
            scope.spawn(|| courier.work(show));
        }
        scope.spawn(|| show.report_progress());
        let following: Vec<_> = cast
            .customers
            .into_iter()
            .enumerate()
            .map(|(index, customer)| {
                let numbers: Vec<u32> = (1..=orders).filter(|number| is_of(*number, index, count)).collect();
                scope.spawn(move || customer.live(show, &numbers))
            })
            .collect();
        let lived: Vec<_> = following.into_iter().map(thread::ScopedJoinHandle::join).collect();
        show.end();
        let mut tales = Vec::new();
        for one in lived {
            tales.extend(one.map_err(|_| {
                let why = "a thread panicked";
                Failure::new("The demonstration broke off", why, "report this as a defect")
            })?);
        }
        tales.sort_by_key(|tale| tale.number);
        Ok(tales)
    })
}

/// What was not heard of to the end is looked up once more: the report tells how it is, not what was noticed.
fn look_again(show: &Show, tales: &mut [Tale]) {
    let mut incomplete: Vec<&mut Tale> = tales.iter_mut().filter(|tale| !tale.is_complete()).collect();
    for some in incomplete.chunks_mut(AT_ONCE) {
        thread::scope(|scope| {
            for tale in some {
                scope.spawn(|| {
                    if let Some(customer) = show.customer_of(&tale.order_id)
                        && let Err(failure) = customer::look_up(&customer, tale)
                    {
                        tale.troubles.push(failure.to_string());
                    }
                });
            }
        });
    }
}
