//! `cargo local bench mdrp`: the dispatch engine on the public instances of the Meal Delivery Routing Problem.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use benchmarks::mdrp::{
    Day, Figures, Greedy, Instance, Ours, Regime, Rolling, city, evaluate, percentile, redrawn, simulate,
};
use clap::{Args, ValueEnum};
use serde::{Serialize, Serializer};
use serde_json::json;

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::write_file;
use crate::ui::{Step, say, table};

/// How `bench mdrp` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The folder with one folder for each instance, from github.com/grubhub/mdrplib.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Only instances whose names begin so.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
    /// What is known of an order's preparation.
    #[arg(long, value_enum, default_value_t = Knowledge::Exact)]
    regime: Knowledge,
    /// Who decides.
    #[arg(long, value_enum, default_value_t = Decider::Ours)]
    policy: Decider,
    /// Draw the orders anew and move all times and places by this number: days of the same family that nobody has seen.
    #[arg(long, value_name = "NUMBER", conflicts_with = "city")]
    redraw: Option<u64>,
    /// Lay the instances that differ by their first letter alone over each other, as one city of the largest public size.
    #[arg(long)]
    city: bool,
    /// Write the figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write what was done to this folder, for the official evaluator.
    #[arg(long, value_name = "FOLDER")]
    solutions: Option<PathBuf>,
}

/// What is known of an order's preparation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Knowledge {
    /// When it will be ready.
    Exact,
    /// Only the restaurant's mean, until it is ready.
    Estimate,
}

/// Who decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Decider {
    /// The service's engine.
    Ours,
    /// The nearest free courier at once.
    Greedy,
    /// The rolling horizon of Reyes et al.
    Rolling,
}

/// What was measured of one instance. Times in minutes, unless the name says otherwise.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    #[serde(flatten)]
    figures: Numbers,
}

/// The figures of an instance, or their means.
#[derive(Debug, Clone, Copy, Default, Serialize)]
struct Numbers {
    #[serde(serialize_with = "whole")]
    orders: f64,
    #[serde(serialize_with = "whole")]
    undelivered: f64,
    undelivered_percent: f64,
    /// Orders that nobody could have brought, whatever he knew.
    #[serde(serialize_with = "whole")]
    out_of_reach: f64,
    ctd_mean: f64,
    ctd_p90: f64,
    rtp_mean: f64,
    cost_per_order: f64,
    orders_per_bundle: f64,
    #[serde(serialize_with = "whole")]
    over_90: f64,
    penalised_ctd: f64,
    epoch_ms_p99: f64,
    epoch_ms_max: f64,
    day_s: f64,
}

/// Writes a count as a whole number; the mean of counts may be none.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature is that of the library")]
fn whole<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    #[expect(clippy::cast_possible_truncation, reason = "counts of orders are small")]
    if number.fract() == 0.0 {
        serializer.serialize_i64(*number as i64)
    } else {
        serializer.serialize_f64(*number)
    }
}

/// Simulates, evaluates and shows.
///
/// # Errors
/// When an instance cannot be read, or what was done breaks a rule.
pub fn run(options: &Options) -> Outcome {
    let days = days(options.city, instances(options)?);
    let mut step = Step::begin(format!("{} instances", days.len()));
    let mut rows = Vec::with_capacity(days.len());
    for (number, (name, folders)) in days.iter().enumerate() {
        step.progress(&format!("{name}, {} of {}", number + 1, days.len()));
        rows.push(measure(options, name, folders)?);
    }
    step.done("every rule kept");
    let means = means(&rows);
    show(&rows, &means);
    let rss_mb = peak_memory_mb();
    let sum = |figure: fn(&Numbers) -> f64| rows.iter().map(|row| figure(&row.figures)).sum::<f64>();
    let (undelivered, hopeless) = (sum(|row| row.undelivered), sum(|row| row.out_of_reach));
    say(format!(
        "  {undelivered:.0} orders undelivered; {hopeless:.0} could not be brought by anybody, whatever he knew"
    ));
    say(format!("  peak memory of this process: {rss_mb:.1} MB"));
    if let Some(file) = &options.json {
        let report = json!({
            "regime": format!("{:?}", options.regime).to_lowercase(),
            "policy": format!("{:?}", options.policy).to_lowercase(),
            "instances": rows,
            "means": means,
            "rss_mb": rss_mb,
        });
        write_file(file, format!("{report:#}\n"))?;
    }
    Ok(())
}

/// The names of the chosen instances, sorted.
fn instances(options: &Options) -> Outcome<Vec<String>> {
    let shown = options.data.display();
    let remedy = "give the folder that holds the instances' folders, for instance mdrplib/public_instances";
    let entries = fs::read_dir(&options.data).or_fail(format!("Cannot read {shown}"), remedy)?;
    let mut names: Vec<String> = entries
        .flatten()
        .filter(|entry| entry.path().join("orders.txt").is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with(&options.only))
        .collect();
    names.sort();
    if names.is_empty() {
        let why = format!(
            "no folder there that begins with \"{}\" has an orders.txt",
            options.only
        );
        return Err(Failure::new(format!("No instance in {shown}"), why, remedy));
    }
    Ok(names)
}

/// The days to simulate: a name, and the instances of which it is made.
fn days(cities: bool, names: Vec<String>) -> BTreeMap<String, Vec<String>> {
    let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in names {
        let day = if cities {
            name.chars().skip(1).collect()
        } else {
            name.clone()
        };
        days.entry(day).or_default().push(name);
    }
    days
}

/// Reads a day, or makes it.
fn read(options: &Options, name: &str, folders: &[String]) -> Outcome<Instance> {
    let read = |folder: &String| {
        Instance::read(&options.data.join(folder))
            .or_fail(format!("Instance {folder} is not readable"), "fetch the instance again")
    };
    let parts: Vec<Instance> = folders.iter().map(read).collect::<Outcome<_>>()?;
    let whole = if options.city {
        city(name, &parts)
    } else {
        parts.into_iter().next()
    };
    let whole =
        whole.ok_or_else(|| Failure::new(format!("Instance {name} is empty"), "it has no part", "choose others"))?;
    Ok(match options.redraw {
        Some(number) => redrawn(&whole, number),
        None => whole,
    })
}

fn measure(options: &Options, name: &str, folders: &[String]) -> Outcome<Row> {
    let instance = read(options, name, folders)?;
    let day = simulated(options, &instance)?;
    let figures = evaluate(&instance, &day.solution).map_err(|broken| {
        let rules: Vec<String> = broken.iter().take(5).map(ToString::to_string).collect();
        let why = format!("{} violations, among them: {}", broken.len(), rules.join("; "));
        Failure::new(format!("The day of {name} breaks rules"), why, "correct the policy")
    })?;
    if let Some(folder) = &options.solutions {
        write_solution(&folder.join(name), &instance, &day)?;
    }
    Ok(Row {
        name: name.to_owned(),
        figures: Numbers {
            out_of_reach: count(instance.out_of_reach()),
            ..numbers(&figures, &day)
        },
    })
}

/// A day is simulated this often, and each epoch counts as it was fastest: others use the machine too.
const RUNS: usize = 3;

fn simulated(options: &Options, instance: &Instance) -> Outcome<Day> {
    let mut day = simulated_once(options, instance);
    for _ in 1..RUNS {
        let again = simulated_once(options, instance);
        if again.solution != day.solution {
            let what = format!("The day of {} went another way the second time", instance.name);
            return Err(Failure::new(
                what,
                "the policy is not deterministic",
                "correct the policy",
            ));
        }
        for (fastest, took) in day.epochs.iter_mut().zip(again.epochs) {
            *fastest = took.min(*fastest);
        }
        day.took = day.took.min(again.took);
    }
    Ok(day)
}

fn simulated_once(options: &Options, instance: &Instance) -> Day {
    let regime = match options.regime {
        Knowledge::Exact => Regime::Exact,
        Knowledge::Estimate => Regime::Estimate,
    };
    match options.policy {
        Decider::Ours => simulate(instance, regime, &mut Ours::default()),
        Decider::Greedy => simulate(instance, regime, &mut Greedy),
        Decider::Rolling => simulate(instance, regime, &mut Rolling::default()),
    }
}

fn write_solution(folder: &Path, instance: &Instance, day: &Day) -> Outcome {
    let mut files = day.solution.files(instance).into_iter();
    files.try_for_each(|(file, text)| write_file(&folder.join(file), text))
}

fn numbers(figures: &Figures, day: &Day) -> Numbers {
    let mut epochs: Vec<f64> = day.epochs.iter().map(|epoch| epoch.as_secs_f64() * 1000.0).collect();
    epochs.sort_by(f64::total_cmp);
    let (orders, undelivered) = (count(figures.orders), count(figures.undelivered));
    Numbers {
        orders,
        undelivered,
        undelivered_percent: 100.0 * undelivered / orders.max(1.0),
        out_of_reach: 0.0,
        ctd_mean: figures.ctd_mean,
        ctd_p90: figures.ctd_p90,
        rtp_mean: figures.rtp_mean,
        cost_per_order: figures.cost_per_order,
        orders_per_bundle: figures.orders_per_bundle,
        over_90: count(figures.over_90),
        penalised_ctd: figures.penalised_ctd,
        epoch_ms_p99: percentile(&epochs, 0.99),
        epoch_ms_max: epochs.last().copied().unwrap_or_default(),
        day_s: day.took.as_secs_f64(),
    }
}

/// The plain mean over instances of each figure.
fn means(rows: &[Row]) -> Numbers {
    let mean =
        |figure: fn(&Numbers) -> f64| rows.iter().map(|row| figure(&row.figures)).sum::<f64>() / count(rows.len());
    Numbers {
        orders: mean(|row| row.orders),
        undelivered: mean(|row| row.undelivered),
        undelivered_percent: mean(|row| row.undelivered_percent),
        out_of_reach: mean(|row| row.out_of_reach),
        ctd_mean: mean(|row| row.ctd_mean),
        ctd_p90: mean(|row| row.ctd_p90),
        rtp_mean: mean(|row| row.rtp_mean),
        cost_per_order: mean(|row| row.cost_per_order),
        orders_per_bundle: mean(|row| row.orders_per_bundle),
        over_90: mean(|row| row.over_90),
        penalised_ctd: mean(|row| row.penalised_ctd),
        epoch_ms_p99: mean(|row| row.epoch_ms_p99),
        epoch_ms_max: mean(|row| row.epoch_ms_max),
        day_s: mean(|row| row.day_s),
    }
}

fn show(rows: &[Row], means: &Numbers) {
    let head = [
        "instance", "orders", "undel %", "CtD", "p90", "RtP", "cost", "bundle", "> 90", "pen. CtD", "p99 ms", "max ms",
        "day s",
    ];
    let line = |name: &str, row: &Numbers| {
        vec![
            name.to_owned(),
            format!("{:.0}", row.orders),
            format!("{:.2}", row.undelivered_percent),
            format!("{:.2}", row.ctd_mean),
            format!("{:.1}", row.ctd_p90),
            format!("{:.2}", row.rtp_mean),
            format!("{:.2}", row.cost_per_order),
            format!("{:.3}", row.orders_per_bundle),
            format!("{:.0}", row.over_90),
            format!("{:.2}", row.penalised_ctd),
            format!("{:.2}", row.epoch_ms_p99),
            format!("{:.2}", row.epoch_ms_max),
            format!("{:.3}", row.day_s),
        ]
    };
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(|row| line(&row.name, &row.figures)));
    lines.push(line("mean", means));
    table(&lines);
}

/// The most memory that this process has held, as the kernel tells it; 0 where it does not.
fn peak_memory_mb() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes: Option<f64> = line.and_then(|rest| rest.split_whitespace().next()?.parse().ok());
    kilobytes.unwrap_or_default() * 1024.0 / 1e6
}

fn count(number: usize) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "counts of orders and instances are small")]
    let number = number as f64;
    number
}
