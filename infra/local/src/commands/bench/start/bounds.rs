//! What a start may cost at most (ARCHITECTURE.md, "Start-up").

use crate::failure::{Failure, Outcome};

use super::Figures;

/// A figure and the most that it may be.
struct Bound {
    name: &'static str,
    unit: &'static str,
    max: f64,
    of: fn(&Figures) -> f64,
}

/// How much slower than the echo a service may be ready, measured in the same run.
const RATIO_MAX: f64 = 2.0;

/// The most memory that may be resident by the end of the first call.
const RESIDENT_MB_MAX: f64 = 14.0;

/// The longest that the first call may take at the share of a core that 256 MB get.
const FIRST_CALL_MS_MAX: f64 = 20.0;

/// The largest archive: Lambda fetches and unpacks it before each cold start.
const ZIP_MB_MAX: f64 = 8.0;

const BOUNDS: [Bound; 4] = [
    Bound {
        name: "ready",
        unit: "times the echo",
        max: RATIO_MAX,
        of: |one| one.ratio,
    },
    Bound {
        name: "resident",
        unit: "MB",
        max: RESIDENT_MB_MAX,
        of: |one| one.rss_mb.max(one.rss_after_call_mb),
    },
    Bound {
        name: "first call at 14.5 % of a core",
        unit: "ms",
        max: FIRST_CALL_MS_MAX,
        of: |one| one.first_call_throttled_ms,
    },
    Bound {
        name: "zip",
        unit: "MB",
        max: ZIP_MB_MAX,
        of: |one| one.zip_mb,
    },
];

/// All bounds in one line.
pub fn told() -> String {
    let bounds = BOUNDS.map(|bound| format!("{} {} {}", bound.name, bound.max, bound.unit));
    format!("At most: {}.", bounds.join(", "))
}

/// Compares every service with every bound.
///
/// # Errors
/// Names each figure that is above its bound.
pub fn hold(figures: &[Figures]) -> Outcome {
    let broken: Vec<String> = figures
        .iter()
        .flat_map(|one| BOUNDS.iter().map(move |bound| (one, bound)))
        .filter(|(one, bound)| (bound.of)(one) > bound.max)
        .map(|(one, bound)| {
            let (name, unit, max) = (bound.name, bound.unit, bound.max);
            format!("{}: {name} {:.2} {unit}, at most {max}", one.service, (bound.of)(one))
        })
        .collect();
    if broken.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        "A service starts worse than it may",
        broken.join("\n"),
        "measure again on a quiet machine, then look for what the service has begun to do before its first poll or in its first call",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    type Spoil = fn(&mut Figures);

    /// A service whose figures are all at their bounds.
    fn at_the_bounds() -> Figures {
        Figures {
            service: "order",
            ready_ms: 4.0,
            echo_ms: 2.0,
            ratio: RATIO_MAX,
            rss_mb: 7.0,
            size_mb: 20.0,
            zip_mb: ZIP_MB_MAX,
            rss_after_call_mb: RESIDENT_MB_MAX,
            first_call_ms: 7.0,
            first_call_throttled_ms: FIRST_CALL_MS_MAX,
            dynamodb_calls: 1,
        }
    }

    #[test]
    fn a_service_at_its_bounds_holds_them_whatever_the_size_of_its_program() {
        hold(&[at_the_bounds()]).unwrap();
    }

    #[test]
    fn each_figure_above_its_bound_is_named() {
        let cases: [(Spoil, &str); 4] = [
            (|one| one.ratio = 2.01, "order: ready 2.01 times the echo, at most 2"),
            (
                |one| one.rss_after_call_mb = 14.1,
                "order: resident 14.10 MB, at most 14",
            ),
            (
                |one| one.first_call_throttled_ms = 20.5,
                "order: first call at 14.5 % of a core 20.50 ms, at most 20",
            ),
            (|one| one.zip_mb = 8.2, "order: zip 8.20 MB, at most 8"),
        ];
        for (spoil, expected) in cases {
            let mut figures = at_the_bounds();
            spoil(&mut figures);
            let failure = hold(&[at_the_bounds(), figures]).unwrap_err().to_string();
            assert!(failure.contains(expected), "{failure}");
        }
    }
}
