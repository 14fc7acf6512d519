//! Travel on taxi trips through New York.
//!
//! A trip is foreseen from what is known at its start: the length of its way, its zones and boroughs, the hour and the
//! weekday. The first four fifths by time are learned, each when it has ended; the last fifth is foreseen with what
//! was learned until its first trip began, and nothing of it is learned.

use std::collections::HashMap;
use std::fs;
use std::path::Path;

use eta::{Effect, Leg, Moment, Places, Roads, travel as way};
use jiff::civil::DateTime;

use super::{Forecast, count};

/// What the set is called.
pub const SET: &str = "taxis";
/// A mile in kilometres.
const MILE: f64 = 1.609_344;
/// Trips of these minutes are counted: shorter ones were not made, longer ones waited.
const MINUTES: (f64, f64) = (1.0, 90.0);
/// The service's own prior: a car's mean speed in a city, in minutes for a kilometre, and the time to get going and to stop.
const MINUTES_PER_KM: f64 = 3.0;
const MINUTES_AT_ENDS: f64 = 2.0;

/// One trip.
#[derive(Debug, Clone, PartialEq)]
pub struct Trip {
    began: DateTime,
    began_at: f64,
    minutes: f64,
    km: f64,
    zones: (String, String),
    boroughs: (String, String),
}

/// Reads the trips of a file with a header, in the order of their start. Trips without a length, without both zones, or
/// of impossible duration are left out.
///
/// # Errors
/// What is wrong with the file.
pub fn read(file: &Path) -> Result<Vec<Trip>, String> {
    parse(&fs::read_to_string(file).map_err(|error| error.to_string())?)
}

pub(super) fn parse(text: &str) -> Result<Vec<Trip>, String> {
    let mut lines = text.lines();
    let head: Vec<&str> = lines.next().unwrap_or_default().split(',').collect();
    let column = |name: &str| {
        let found = head.iter().position(|title| *title == name);
        found.ok_or(format!("there is no column \"{name}\""))
    };
    let columns = [
        column("pickup")?,
        column("dropoff")?,
        column("distance")?,
        column("pickup_zone")?,
        column("dropoff_zone")?,
        column("pickup_borough")?,
        column("dropoff_borough")?,
    ];
    let mut trips = Vec::new();
    for (number, line) in lines.enumerate() {
        let cells: Vec<&str> = line.split(',').collect();
        let cells = columns.map(|at| cells.get(at).copied().unwrap_or_default());
        let trip = Trip::read(cells).map_err(|wrong| format!("line {}: {wrong}", number + 2))?;
        trips.extend(trip.filter(Trip::counts));
    }
    trips.sort_by_key(|trip| trip.began);
    Ok(trips)
}

impl Trip {
    fn read(cells: [&str; 7]) -> Result<Option<Self>, String> {
        let time = |text: &str| text.parse::<DateTime>().map_err(|error| error.to_string());
        let (began, ended) = (time(cells[0])?, time(cells[1])?);
        let miles: f64 = cells[2]
            .parse()
            .map_err(|_| format!("\"{}\" is no distance", cells[2]))?;
        if cells[3].is_empty() || cells[4].is_empty() {
            return Ok(None);
        }
        Ok(Some(Self {
            began,
            began_at: minutes_of(began),
            minutes: minutes_of(ended) - minutes_of(began),
            km: miles * MILE,
            zones: (cells[3].to_owned(), cells[4].to_owned()),
            boroughs: (cells[5].to_owned(), cells[6].to_owned()),
        }))
    }

    fn counts(&self) -> bool {
        (MINUTES.0..=MINUTES.1).contains(&self.minutes) && self.km > 0.0
    }

    fn leg(&self) -> Leg {
        let hour = f64::from(self.began.hour()) + f64::from(self.began.minute()) / 60.0;
        let weekday = self.began.weekday().to_monday_zero_offset();
        Leg {
            at: Moment {
                minutes: self.began_at,
                hour,
                weekday: usize::from(weekday.unsigned_abs()),
            },
            km: self.km,
            prior: MINUTES_AT_ENDS + self.km * MINUTES_PER_KM,
        }
    }
}

/// Learns from the trips before a share of them, and foresees those from it on up to another share.
#[must_use]
pub fn travel(trips: &[Trip], from: f64, until: f64) -> Vec<Forecast> {
    let place = |share: f64| {
        trips
            .iter()
            .enumerate()
            .filter(|(at, _)| count(*at) < share * count(trips.len()))
            .count()
    };
    let (known, asked) = trips[..place(until)].split_at(place(from.min(until)));
    let Some(first) = asked.first() else {
        return Vec::new();
    };
    let mut known: Vec<&Trip> = known
        .iter()
        .filter(|trip| trip.began_at + trip.minutes <= first.began_at)
        .collect();
    known.sort_by(|one, other| (one.began_at + one.minutes).total_cmp(&(other.began_at + other.minutes)));
    let mut city = City::default();
    for trip in &known {
        city.learn(trip);
    }
    let simple = Simple::of(&known);
    asked.iter().map(|trip| city.foresee(trip, simple)).collect()
}

/// What has been learned of the city.
#[derive(Default)]
struct City {
    roads: Roads,
    /// By zone, and by borough: away from it, and to it.
    zones: HashMap<String, (Effect, Effect)>,
    boroughs: HashMap<String, (Effect, Effect)>,
}

impl City {
    fn places(&self, trip: &Trip) -> Places {
        let zone = |name: &str| self.zones.get(name).copied().unwrap_or((Places::ZONE, Places::ZONE));
        let borough = |name: &str| self.boroughs.get(name).copied().unwrap_or((Places::AREA, Places::AREA));
        Places {
            from: zone(&trip.zones.0).0,
            to: zone(&trip.zones.1).1,
            from_area: borough(&trip.boroughs.0).0,
            to_area: borough(&trip.boroughs.1).1,
        }
    }

    fn foresee(&self, trip: &Trip, simple: Simple) -> Forecast {
        let way = way::estimate(&self.roads, &self.places(trip), trip.leg());
        Forecast {
            earliest: way.quantile(0.1),
            likely: way.quantile(0.5),
            latest: way.quantile(0.9),
            truth: trip.minutes,
            baselines: vec![
                ("constant_speed", simple.minutes_per_km * trip.km),
                ("linear", simple.intercept + simple.slope * trip.km),
            ],
        }
    }

    fn learn(&mut self, trip: &Trip) {
        let mut places = self.places(trip);
        way::learn(&mut self.roads, &mut places, trip.leg(), trip.minutes);
        let new = (Places::ZONE, Places::ZONE);
        self.zones.entry(trip.zones.0.clone()).or_insert(new).0 = places.from;
        self.zones.entry(trip.zones.1.clone()).or_insert(new).1 = places.to;
        let new = (Places::AREA, Places::AREA);
        self.boroughs.entry(trip.boroughs.0.clone()).or_insert(new).0 = places.from_area;
        self.boroughs.entry(trip.boroughs.1.clone()).or_insert(new).1 = places.to_area;
    }
}

/// The two simplest models: one speed for all, and a straight line by least squares.
#[derive(Debug, Clone, Copy)]
struct Simple {
    minutes_per_km: f64,
    intercept: f64,
    slope: f64,
}

impl Simple {
    fn of(trips: &[&Trip]) -> Self {
        let n = count(trips.len().max(1));
        let mean = |value: &dyn Fn(&Trip) -> f64| trips.iter().map(|trip| value(trip)).sum::<f64>() / n;
        let (km, minutes) = (mean(&|trip| trip.km), mean(&|trip| trip.minutes));
        let slope = mean(&|trip| (trip.km - km) * (trip.minutes - minutes)) / mean(&|trip| (trip.km - km).powi(2));
        Self {
            minutes_per_km: minutes / km,
            intercept: minutes - slope * km,
            slope,
        }
    }
}

/// Minutes since the year began that the data come from; a civil calendar without shifts is all that durations need.
fn minutes_of(time: DateTime) -> f64 {
    let start = DateTime::constant(2019, 1, 1, 0, 0, 0, 0);
    time.duration_since(start).as_secs_f64() / 60.0
}
