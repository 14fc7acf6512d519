//! One instance, read from its folder.

use std::collections::HashMap;
use std::fmt;
use std::fs;
use std::path::Path;

/// A place in metres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// East.
    pub x: f64,
    /// North.
    pub y: f64,
}

/// How long ways take: straight lines at one speed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Roads {
    meters_per_minute: f64,
}

impl Roads {
    /// Whole minutes from one place to another.
    #[must_use]
    #[inline]
    pub fn travel(self, from: Point, to: Point) -> i32 {
        let (east, north) = (from.x - to.x, from.y - to.y);
        let minutes = (east * east + north * north).sqrt() / self.meters_per_minute;
        #[expect(clippy::cast_possible_truncation, reason = "a way across a city takes few minutes")]
        let whole = minutes as i32;
        // Rounded up; `ceil` is a call on processors of the first generation.
        whole + i32::from(f64::from(whole) < minutes)
    }
}

/// An order of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    /// Its name in the files.
    pub name: String,
    /// The customer's place.
    pub at: Point,
    /// The minute in which it becomes known.
    pub placed_at: i32,
    /// The index of its restaurant.
    pub restaurant: usize,
    /// The minute in which the food is ready.
    pub ready_at: i32,
}

/// A courier of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Courier {
    /// The name in the files.
    pub name: String,
    /// Where the shift begins.
    pub at: Point,
    /// When it begins.
    pub on_at: i32,
    /// When it ends.
    pub off_at: i32,
}

/// A restaurant of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct Restaurant {
    /// Its name in the files.
    pub name: String,
    /// Its place.
    pub at: Point,
}

/// A day of one city.
#[derive(Debug, Clone, PartialEq)]
pub struct Instance {
    /// The folder's name.
    pub name: String,
    /// All orders of the day.
    pub orders: Vec<Order>,
    /// All couriers of the day.
    pub couriers: Vec<Courier>,
    /// All restaurants.
    pub restaurants: Vec<Restaurant>,
    /// How fast couriers are.
    pub meters_per_minute: f64,
    /// Minutes at a restaurant.
    pub pickup_service: i32,
    /// Minutes at an address.
    pub drop_off_service: i32,
    /// Click to door in minutes: what is aimed at.
    pub target: i32,
    /// Click to door in minutes: what must not be exceeded.
    pub maximum: i32,
    /// What a courier is paid for an order.
    pub pay_per_order: f64,
    /// What a courier is paid at least for an hour.
    pub guaranteed_pay_per_hour: f64,
}

/// Why a folder is not an instance.
#[derive(Debug)]
pub struct Unreadable {
    file: String,
    reason: String,
}

impl fmt::Display for Unreadable {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.file, self.reason)
    }
}

impl std::error::Error for Unreadable {}

impl Instance {
    /// How many orders nobody could bring within the rules, even if the whole day were known beforehand and there were no
    /// other order: no policy delivers them.
    #[must_use]
    pub fn out_of_reach(&self) -> usize {
        self.orders.iter().filter(|order| !self.is_in_reach(order)).count()
    }

    fn is_in_reach(&self, order: &Order) -> bool {
        let roads = Roads {
            meters_per_minute: self.meters_per_minute,
        };
        let restaurant = self.restaurants[order.restaurant].at;
        let trip = roads.travel(restaurant, order.at);
        self.couriers.iter().any(|courier| {
            // Half of the service is before the hand-over, half after it; whoever knows the day is there in time.
            let there_at = courier.on_at + roads.travel(courier.at, restaurant) + self.pickup_service / 2;
            let picked_up_at = there_at.max(order.ready_at).max(order.placed_at);
            let dropped_off_at = picked_up_at + self.pickup_service / 2 + trip + self.drop_off_service / 2;
            picked_up_at <= courier.off_at && dropped_off_at - order.placed_at <= self.maximum
        })
    }

    /// Reads an instance.
    ///
    /// # Errors
    /// If a file is missing or says something else than expected.
    pub fn read(folder: &Path) -> Result<Self, Unreadable> {
        let restaurants = Sheet::read(folder, "restaurants.txt")?;
        let names = restaurants
            .rows()
            .map(|row| row.text(0))
            .collect::<Result<Vec<_>, _>>()?;
        let index: HashMap<String, usize> = names.iter().cloned().enumerate().map(|(at, name)| (name, at)).collect();
        let restaurants = restaurants
            .rows()
            .zip(names)
            .map(|(row, name)| {
                Ok(Restaurant {
                    name,
                    at: row.point(1)?,
                })
            })
            .collect::<Result<_, _>>()?;
        let order = |row: Row<'_>| {
            let restaurant = row.text(4)?;
            Ok(Order {
                name: row.text(0)?,
                at: row.point(1)?,
                placed_at: row.whole(3)?,
                restaurant: *index
                    .get(&restaurant)
                    .ok_or_else(|| row.wrong(&format!("no restaurant {restaurant}")))?,
                ready_at: row.whole(5)?,
            })
        };
        let courier = |row: Row<'_>| {
            Ok(Courier {
                name: row.text(0)?,
                at: row.point(1)?,
                on_at: row.whole(3)?,
                off_at: row.whole(4)?,
            })
        };
        let orders = Sheet::read(folder, "orders.txt")?
            .rows()
            .map(order)
            .collect::<Result<_, _>>()?;
        let couriers = Sheet::read(folder, "couriers.txt")?
            .rows()
            .map(courier)
            .collect::<Result<_, _>>()?;
        let parameters = Sheet::read(folder, "instance_parameters.txt")?;
        let row = parameters
            .rows()
            .next()
            .ok_or_else(|| parameters.wrong("it has no row"))?;
        Ok(Self {
            name: folder.file_name().unwrap_or_default().to_string_lossy().into_owned(),
            orders,
            couriers,
            restaurants,
            meters_per_minute: row.number(0)?,
            pickup_service: row.whole(1)?,
            drop_off_service: row.whole(2)?,
            target: row.whole(3)?,
            maximum: row.whole(4)?,
            pay_per_order: row.number(5)?,
            guaranteed_pay_per_hour: row.number(6)?,
        })
    }

    /// How long ways take.
    #[must_use]
    pub fn roads(&self) -> Roads {
        Roads {
            meters_per_minute: self.meters_per_minute,
        }
    }

    /// The restaurant's place of an order.
    #[must_use]
    pub fn pickup(&self, order: usize) -> Point {
        self.restaurants[self.orders[order].restaurant].at
    }

    /// The mean preparation time of each restaurant in minutes: all that is known in the estimate regime.
    #[must_use]
    pub fn mean_preparation(&self) -> Vec<f64> {
        let mut sums = vec![(0.0, 0.0); self.restaurants.len()];
        for order in &self.orders {
            let sum = &mut sums[order.restaurant];
            sum.0 += f64::from(order.ready_at - order.placed_at);
            sum.1 += 1.0;
        }
        sums.into_iter()
            .map(|(minutes, count): (f64, f64)| minutes / count.max(1.0))
            .collect()
    }
}

/// A tab-separated file with a header.
struct Sheet {
    file: String,
    text: String,
}

impl Sheet {
    fn read(folder: &Path, name: &str) -> Result<Self, Unreadable> {
        let path = folder.join(name);
        let file = path.display().to_string();
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self { file, text }),
            Err(error) => Err(Unreadable {
                file,
                reason: error.to_string(),
            }),
        }
    }

    fn rows(&self) -> impl Iterator<Item = Row<'_>> {
        let lines = self.text.lines().enumerate().skip(1);
        lines
            .filter(|(_, line)| !line.trim().is_empty())
            .map(|(number, line)| Row {
                sheet: self,
                number: number + 1,
                cells: line.split('\t').map(str::trim).collect(),
            })
    }

    fn wrong(&self, reason: &str) -> Unreadable {
        Unreadable {
            file: self.file.clone(),
            reason: reason.to_owned(),
        }
    }
}

struct Row<'a> {
    sheet: &'a Sheet,
    number: usize,
    cells: Vec<&'a str>,
}

impl Row<'_> {
    fn text(&self, column: usize) -> Result<String, Unreadable> {
        let cell = self.cells.get(column).filter(|cell| !cell.is_empty());
        cell.map(|cell| (*cell).to_owned())
            .ok_or_else(|| self.wrong(&format!("no column {}", column + 1)))
    }

    fn number(&self, column: usize) -> Result<f64, Unreadable> {
        let text = self.text(column)?;
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.wrong(&format!("{text} is not a number")))
    }

    fn whole(&self, column: usize) -> Result<i32, Unreadable> {
        let number = self.number(column)?;
        #[expect(
            clippy::cast_possible_truncation,
            reason = "what does not fit differs from the number and is refused"
        )]
        let whole = number as i32;
        if (f64::from(whole) - number).abs() < f64::EPSILON {
            Ok(whole)
        } else {
            Err(self.wrong(&format!("{number} is not a whole number")))
        }
    }

    fn point(&self, column: usize) -> Result<Point, Unreadable> {
        Ok(Point {
            x: self.number(column)?,
            y: self.number(column + 1)?,
        })
    }

    fn wrong(&self, reason: &str) -> Unreadable {
        self.sheet.wrong(&format!("line {}: {reason}", self.number))
    }
}
