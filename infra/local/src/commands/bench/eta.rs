//! `cargo local bench eta`: when food is ready and how long ways take, foreseen on public data.

use std::fs;
use std::path::{Path, PathBuf};

use benchmarks::eta::{Figures, Forecast, PREPARATION, TAXIS, estimate_us_p99, preparation, read_taxis, travel};
use benchmarks::mdrp::Instance;
use clap::Args;
use serde_json::{Value, json};

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::write_file;
use crate::ui::{Step, say, table};

/// The instances that everything else in their collection is made from: all orders, all shifts, times as they were.
const BASE: &str = "o100t100s1p100";

/// How `bench eta` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The folder with `mdrplib/` and `taxis/taxis.csv`, or one of the two: from github.com/grubhub/mdrplib and
    /// github.com/mwaskom/seaborn-data.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Only sets whose names begin so: instances (all variants, not only the base ones), or `taxis`.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
    /// Learn from this share of the taxi trips, the earliest.
    #[arg(long, value_name = "SHARE", default_value_t = 0.8)]
    learned: f64,
    /// Foresee the taxi trips after those, up to this share: another stretch of time, to choose parameters on.
    #[arg(long, value_name = "SHARE", default_value_t = 1.0)]
    until: f64,
    /// Write the figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// One line of the result.
struct Row {
    name: String,
    figures: Figures,
}

/// Foresees, compares and shows.
///
/// # Errors
/// When the data cannot be read.
pub fn run(options: &Options) -> Outcome {
    let instances = instances(options);
    let taxis = TAXIS.starts_with(&options.only).then(|| taxis(&options.data)).flatten();
    if instances.is_empty() && taxis.is_none() {
        return Err(Failure::new(
            format!("No data in {}", options.data.display()),
            format!(
                "nothing there that begins with \"{}\" is an instance or taxis.csv",
                options.only
            ),
            "give the folder that holds mdrplib/ and taxis/, or either",
        ));
    }
    let mut step = Step::begin("When things happen");
    let mut rows = Vec::new();
    let mut all: Vec<Forecast> = Vec::new();
    for folder in &instances {
        let name = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        step.progress(&name);
        let instance =
            Instance::read(folder).or_fail(format!("Instance {name} is not readable"), "fetch the instance again")?;
        let forecasts = preparation(&instance);
        rows.push(Row {
            name,
            figures: Figures::of(&forecasts),
        });
        all.extend(forecasts);
    }
    if !instances.is_empty() {
        rows.push(Row {
            name: PREPARATION.to_owned(),
            figures: Figures::of(&all),
        });
    }
    if let Some(file) = taxis {
        step.progress(TAXIS);
        let trips = read_taxis(&file).or_fail(format!("{} is not readable", file.display()), "fetch the file again")?;
        rows.push(Row {
            name: TAXIS.to_owned(),
            figures: Figures::of(&travel(&trips, options.learned, options.until)),
        });
    }
    step.progress("latency");
    let eta_us_p99 = estimate_us_p99();
    step.done("each foreseen before it was learned");
    show(&rows);
    say(format!("  one estimate of arrival: p99 {eta_us_p99:.0} µs"));
    match &options.json {
        Some(file) => write_file(file, format!("{:#}\n", report(&rows, eta_us_p99))),
        None => Ok(()),
    }
}

/// The folders of the chosen instances, sorted: those that begin as asked, or else the base ones, or else all.
fn instances(options: &Options) -> Vec<PathBuf> {
    let inner = options.data.join("mdrplib");
    let folder = if inner.is_dir() { &inner } else { &options.data };
    let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut found: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.join("orders.txt").is_file() && name(path).starts_with(&options.only))
        .collect();
    found.sort();
    if options.only.is_empty() && found.iter().any(|path| name(path).ends_with(BASE)) {
        found.retain(|path| name(path).ends_with(BASE));
    }
    found
}

fn taxis(data: &Path) -> Option<PathBuf> {
    let places = [data.join("taxis/taxis.csv"), data.join("taxis.csv"), data.to_owned()];
    places.into_iter().find(|file| file.is_file())
}

fn show(rows: &[Row]) {
    let head = ["set", "n", "MAE", "≤ P90 %", "< P10 %", "beside it"];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for row in rows {
        let figures = &row.figures;
        let beside = figures.baselines.iter().map(|(name, mae)| format!("{name} {mae:.2}"));
        lines.push(vec![
            row.name.clone(),
            figures.n.to_string(),
            format!("{:.2}", figures.mae),
            format!("{:.1}", 100.0 * figures.p90_coverage),
            format!("{:.1}", 100.0 * figures.p10_coverage),
            beside.collect::<Vec<_>>().join(", "),
        ]);
    }
    table(&lines);
}

fn report(rows: &[Row], eta_us_p99: f64) -> Value {
    let object = |row: &Row| {
        let mut object = json!({
            "name": row.name,
            "n": row.figures.n,
            "mae": row.figures.mae,
            "p10_coverage": row.figures.p10_coverage,
            "p90_coverage": row.figures.p90_coverage,
            "eta_us_p99": eta_us_p99,
        });
        for (name, mae) in &row.figures.baselines {
            object[format!("{name}_mae")] = json!(mae);
        }
        object
    };
    json!({ "sets": rows.iter().map(object).collect::<Vec<_>>(), "eta_us_p99": eta_us_p99 })
}
