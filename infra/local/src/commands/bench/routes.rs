//! `cargo local bench routes`: the sequence of one courier's stops on public instances.

use std::fs;
use std::path::PathBuf;

use benchmarks::mdrp::percentile;
use benchmarks::routes::Instance;
use clap::Args;
use serde::Serialize;
use serde_json::json;

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::write_file;
use crate::ui::{Step, table};

/// How `bench routes` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The folder with the instances' JSON files, or its parent, from github.com/grubhub/tsppdlib.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Only instances whose names begin so.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
    /// Write the figures to this file too.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// What was measured of one instance.
#[derive(Debug, Serialize)]
struct Row {
    name: String,
    errands: usize,
    cost: i64,
    optimal: bool,
    solve_ms: f64,
}

/// Solves, checks and shows.
///
/// # Errors
/// When an instance cannot be read, or a sequence breaks a rule.
pub fn run(options: &Options) -> Outcome {
    let files = instances(options)?;
    let mut step = Step::begin(format!("{} routes", files.len()));
    let mut rows = Vec::with_capacity(files.len());
    for (number, file) in files.iter().enumerate() {
        step.progress(&format!("{} of {}", number + 1, files.len()));
        let shown = file.display();
        let instance = Instance::read(file).or_fail(format!("{shown} is not readable"), "fetch the instance again")?;
        let solved = instance
            .solve()
            .or_fail(format!("The route of {shown} breaks a rule"), "correct the solver")?;
        rows.push(Row {
            name: instance.name,
            errands: solved.errands,
            cost: solved.sequence.cost,
            optimal: solved.sequence.optimal,
            solve_ms: solved.took.as_secs_f64() * 1000.0,
        });
    }
    step.done("every rule kept");
    show(&rows);
    match &options.json {
        Some(file) => write_file(file, format!("{:#}\n", json!({ "instances": rows }))),
        None => Ok(()),
    }
}

fn instances(options: &Options) -> Outcome<Vec<PathBuf>> {
    let inner = options.data.join("json");
    let folder = if inner.is_dir() { &inner } else { &options.data };
    let shown = folder.display();
    let remedy = "give the folder that holds the instances' JSON files, for instance tsppdlib/instances/grubhub/json";
    let entries = fs::read_dir(folder).or_fail(format!("Cannot read {shown}"), remedy)?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
        .filter(|path| {
            path.file_stem()
                .is_some_and(|name| name.to_string_lossy().starts_with(&options.only))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        let why = format!("no JSON file there begins with \"{}\"", options.only);
        return Err(Failure::new(format!("No instance in {shown}"), why, remedy));
    }
    Ok(files)
}

/// One line for each number of errands.
fn show(rows: &[Row]) {
    let mut lines = vec![
        ["errands", "instances", "optimal", "mean cost", "median ms", "max ms"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut sizes: Vec<usize> = rows.iter().map(|row| row.errands).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        let own: Vec<&Row> = rows.iter().filter(|row| row.errands == size).collect();
        let mut times: Vec<f64> = own.iter().map(|row| row.solve_ms).collect();
        times.sort_by(f64::total_cmp);
        let costs: i64 = own.iter().map(|row| row.cost).sum();
        let count = i64::try_from(own.len()).unwrap_or(i64::MAX);
        lines.push(vec![
            size.to_string(),
            own.len().to_string(),
            own.iter().filter(|row| row.optimal).count().to_string(),
            (costs / count).to_string(),
            format!("{:.3}", percentile(&times, 0.5)),
            format!("{:.3}", percentile(&times, 1.0)),
        ]);
    }
    table(&lines);
}
