//! `cargo local bench routes`: the sequence of one courier's stops on public instances.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use benchmarks::mdrp::percentile;
use benchmarks::routes::{EXACT_MAX, Instance};
use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance as Local, write_file};
use crate::python::{Environment, Tools};
use crate::ui::{Step, say, table};

/// How `bench routes` is called.
#[derive(Debug, Clone, Args)]
pub struct Options {
    /// The folder with the instances' JSON files, or its parent, from github.com/grubhub/tsppdlib.
    #[arg(long, value_name = "FOLDER")]
    data: PathBuf,
    /// Only instances whose names begin so.
    #[arg(long, value_name = "PREFIX", default_value = "")]
    only: String,
    /// Prove the optimum of every instance, however long it takes (of 15 errands about a minute and a gigabyte).
    #[arg(long)]
    prove: bool,
    /// Let three other solvers answer the instances with more than 10 errands too: see `infra/local/python/peers.py`.
    #[arg(long)]
    peers: bool,
    /// How long each peer may take for an instance.
    #[arg(long, value_name = "SECONDS", default_value_t = 60, requires = "peers", value_parser = clap::value_parser!(u32).range(1..=600))]
    seconds: u32,
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
    /// What nothing is cheaper than, if it was asked for and found.
    proven_cost: Option<i64>,
    /// What the peers found, if they were asked.
    peers: BTreeMap<String, Option<i64>>,
}

/// A line of the driver of the peers.
#[derive(Debug, Deserialize)]
struct Answer {
    name: String,
    peer: String,
    cost: Option<i64>,
}

/// Solves, checks and shows.
///
/// # Errors
/// When an instance cannot be read, a sequence breaks a rule, or the peers cannot be run.
pub fn run(instance: &Local, options: &Options) -> Outcome {
    let files = instances(options)?;
    let mut step = Step::begin(format!("{} routes", files.len()));
    let mut rows = Vec::with_capacity(files.len());
    for (number, file) in files.iter().enumerate() {
        step.progress(&format!("{} of {}", number + 1, files.len()));
        rows.push(measure(file, options.prove)?);
    }
    step.done("every rule kept");
    if options.peers {
        ask_peers(instance, options.seconds, &files, &mut rows)?;
    }
    show(&rows);
    show_peers(&rows);
    match &options.json {
        Some(file) => write_file(file, format!("{:#}\n", json!({ "instances": rows }))),
        None => Ok(()),
    }
}

fn measure(file: &Path, prove: bool) -> Outcome<Row> {
    let shown = file.display();
    let what = format!("The route of {shown} breaks a rule");
    let instance = Instance::read(file).or_fail(format!("{shown} is not readable"), "fetch the instance again")?;
    let solved = instance.solve().or_fail(&what, "correct the solver")?;
    let mut proven_cost = solved.sequence.optimal.then_some(solved.sequence.cost);
    if prove && proven_cost.is_none() {
        let proof = instance.prove().or_fail(what, "correct the solver")?;
        proven_cost = proof.optimal.then_some(proof.cost);
    }
    Ok(Row {
        name: instance.name,
        errands: solved.errands,
        cost: solved.sequence.cost,
        optimal: solved.sequence.optimal,
        solve_ms: solved.took.as_secs_f64() * 1000.0,
        proven_cost,
        peers: BTreeMap::new(),
    })
}

/// Lets the peers solve what is not proven at once.
fn ask_peers(instance: &Local, seconds: u32, files: &[PathBuf], rows: &mut [Row]) -> Outcome {
    let asked: Vec<&PathBuf> = files
        .iter()
        .zip(&*rows)
        .filter(|(_, row)| row.errands > EXACT_MAX)
        .map(|(file, _)| file)
        .collect();
    let (what, remedy) = (
        "The peers cannot be run",
        "remove the folder .local/venv/peers and try again",
    );
    let tools = Environment::prepare(instance, Tools::Peers)?;
    let mut step = Step::begin(format!("OR-Tools, PyVRP and VROOM, {seconds} s each"));
    let mut driver = tools.program("python");
    driver
        .arg(instance.root.join("infra/local/python/peers.py"))
        .arg(seconds.to_string())
        .args(&asked)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = driver.spawn().or_fail(what, remedy)?;
    if let Some(output) = child.stdout.take() {
        for line in BufReader::new(output).lines() {
            let line = line.or_fail(what, remedy)?;
            let answer: Answer = serde_json::from_str(&line).or_fail(what, remedy)?;
            step.progress(&format!("{} by {}", answer.name, answer.peer));
            if let Some(row) = rows.iter_mut().find(|row| row.name == answer.name) {
                row.peers.insert(answer.peer, answer.cost);
            }
        }
    }
    let status = child.wait().or_fail(what, remedy)?;
    if !status.success() {
        return Err(Failure::new(what, format!("their driver ended with {status}"), remedy));
    }
    step.done("");
    Ok(())
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
    let head = [
        "errands",
        "instances",
        "optimal",
        "worst gap %",
        "mean cost",
        "median ms",
        "max ms",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    let mut sizes: Vec<usize> = rows.iter().map(|row| row.errands).collect();
    sizes.sort_unstable();
    sizes.dedup();
    for size in sizes {
        let own: Vec<&Row> = rows.iter().filter(|row| row.errands == size).collect();
        let mut times: Vec<f64> = own.iter().map(|row| row.solve_ms).collect();
        times.sort_by(f64::total_cmp);
        let costs: i64 = own.iter().map(|row| row.cost).sum();
        let count = i64::try_from(own.len()).unwrap_or(i64::MAX);
        let gaps: Option<Vec<f64>> = own
            .iter()
            .map(|row| Some(gap_percent(row.cost, row.proven_cost?)))
            .collect();
        lines.push(vec![
            size.to_string(),
            own.len().to_string(),
            own.iter().filter(|row| row.optimal).count().to_string(),
            gaps.map_or("?".to_owned(), |gaps| {
                format!("{:.2}", gaps.into_iter().fold(0.0, f64::max))
            }),
            (costs / count).to_string(),
            format!("{:.3}", percentile(&times, 0.5)),
            format!("{:.3}", percentile(&times, 1.0)),
        ]);
    }
    table(&lines);
    if rows.iter().any(|row| row.proven_cost.is_none()) {
        say("  The gap is that to the proven optimum; --prove finds it.");
    }
}

/// One line for each peer: how its costs compare with ours.
fn show_peers(rows: &[Row]) {
    let mut peers: Vec<&String> = rows.iter().flat_map(|row| row.peers.keys()).collect();
    peers.sort();
    peers.dedup();
    if peers.is_empty() {
        return;
    }
    let head = [
        "peer",
        "instances",
        "better than ours",
        "as good",
        "worse",
        "invalid",
        "ours above it, worst %",
    ];
    let mut lines = vec![head.map(str::to_owned).to_vec()];
    for peer in peers {
        let answers: Vec<(i64, Option<i64>)> = rows
            .iter()
            .filter_map(|row| Some((row.cost, *row.peers.get(peer)?)))
            .collect();
        let found: Vec<(i64, i64)> = answers.iter().filter_map(|&(ours, cost)| Some((ours, cost?))).collect();
        let count = |which: fn(i64, i64) -> bool| found.iter().filter(|&&(ours, cost)| which(cost, ours)).count();
        let worst = found
            .iter()
            .map(|&(ours, cost)| gap_percent(ours, cost))
            .fold(f64::MIN, f64::max);
        lines.push(vec![
            peer.clone(),
            answers.len().to_string(),
            count(|cost, ours| cost < ours).to_string(),
            count(|cost, ours| cost == ours).to_string(),
            count(|cost, ours| cost > ours).to_string(),
            (answers.len() - found.len()).to_string(),
            format!("{worst:.2}"),
        ]);
    }
    say("");
    table(&lines);
}

/// How much more one costs than the other.
fn gap_percent(cost: i64, other: i64) -> f64 {
    #[expect(clippy::cast_precision_loss, reason = "routes take hours, not millions of years")]
    let gap = 100.0 * (cost - other) as f64 / other.max(1) as f64;
    gap
}
