//! Zones with fewer corners, and how far that moved their borders.
//!
//! Corners are taken out one by one, the least needed first (as Visvalingam and Whyatt do). How much a corner is needed is the
//! farthest that any corner which was taken out there lies from the line that would replace it, so the border never moves by
//! more than the tolerance. A corner stays if the triangle that it would cut off has another corner of the zone in it: rings
//! that do not cross before do not cross afterwards, and holes and islands stay on their side.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::{Ring, Zone};
use crate::geo::EARTH_RADIUS_METERS;

/// A ring keeps a triangle.
const LEFT_MIN: usize = 3;
/// A side stands for so many corners as drawn, at most: finding out how far they are from it takes its time.
const SPAN_MAX: usize = 1_000;

/// So many corners are looked at for being in the way, at most, which takes a second or two: twenty times what the largest
/// zones take that people draw. Whatever is asked about after that stays.
const LOOKS_MAX: u64 = 50_000_000;
/// A square has so many nodes, about.
const SQUARE_NODES: usize = 4;

/// A zone while its corners are taken out.
pub struct Simplifier {
    zone: Zone,
    nodes: Vec<Node>,
    rings: Vec<Drawn>,
    grid: Grid,
    /// How far taking out a node would move the border, in millimetres; the node, and its state then.
    next: BinaryHeap<Reverse<(u64, usize, u32)>>,
    /// Nodes that stay as long as others are in the way.
    blocked: Vec<usize>,
    tolerance_mm: u64,
    moved_mm: u64,
    /// How many corners were looked at for being in the way.
    looks: u64,
}

/// What became of a zone.
#[derive(Debug, Clone, PartialEq)]
pub struct Simplified {
    /// The zone with fewer corners.
    pub zone: Zone,
    /// How far its border was moved at most, in metres, rounded up to a millimetre.
    pub moved_m: f64,
    /// Parts that were smaller than the tolerance and are gone.
    pub parts_dropped: usize,
    /// Holes that were smaller than the tolerance and belong to the zone now.
    pub holes_dropped: usize,
}

/// A corner, without those that only close a ring.
struct Node {
    corner: [f64; 2],
    /// In metres, on a plane that touches the zone.
    at: [f64; 2],
    ring: usize,
    before: usize,
    after: usize,
    /// Counts the changes of its neighbours.
    state: u32,
    is_left: bool,
}

/// A ring: its nodes follow each other.
struct Drawn {
    first: usize,
    nodes: usize,
    left: usize,
}

impl Simplifier {
    /// A zone as it was drawn. It has passed [`Zone::check`].
    #[must_use]
    pub fn new(zone: Zone) -> Self {
        let plane = Plane::of(&zone);
        let mut nodes = Vec::new();
        let mut rings = Vec::new();
        for ring in zone.parts().flatten() {
            let corners = &ring[..ring.len().saturating_sub(1)];
            let (first, count) = (nodes.len(), corners.len());
            for (number, corner) in corners.iter().enumerate() {
                nodes.push(Node {
                    corner: *corner,
                    at: plane.meters(*corner),
                    ring: rings.len(),
                    before: first + (number + count - 1) % count,
                    after: first + (number + 1) % count,
                    state: 0,
                    is_left: true,
                });
            }
            rings.push(Drawn {
                first,
                nodes: count,
                left: count,
            });
        }
        let mut simplifier = Self {
            grid: Grid::of(&nodes),
            zone,
            blocked: (0..nodes.len()).collect(),
            nodes,
            rings,
            next: BinaryHeap::new(),
            tolerance_mm: 0,
            moved_mm: 0,
            looks: 0,
        };
        simplifier.reconsider();
        simplifier
    }

    /// Takes out what moves the border by no more than the tolerance, which only grows.
    pub fn coarsen(&mut self, tolerance_m: u32) {
        self.tolerance_mm = u64::from(tolerance_m) * 1_000;
        self.reconsider();
        while let Some(Reverse((moves_mm, node, state))) = self.next.peek().copied() {
            if moves_mm > self.tolerance_mm {
                return;
            }
            self.next.pop();
            let Node { is_left, ring, .. } = self.nodes[node];
            if !is_left || self.nodes[node].state != state || self.rings[ring].left <= LEFT_MIN {
                continue;
            }
            if self.is_blocked(node) {
                self.blocked.push(node);
            } else {
                self.moved_mm = self.moved_mm.max(moves_mm);
                self.take_out(node);
            }
        }
    }

    /// The corners that are left of each ring that stays, the closing one included.
    pub fn ring_corners(&self) -> impl Iterator<Item = usize> {
        let kept = self.kept();
        let rings = self.rings.iter().zip(kept);
        rings.filter(|(_, kept)| *kept).map(|(ring, _)| ring.left + 1)
    }

    /// The zone as it is now.
    #[must_use]
    pub fn finish(self) -> Simplified {
        let kept = self.kept();
        let mut numbers = 0..;
        let mut parts: Vec<Vec<Ring>> = Vec::new();
        let (mut parts_dropped, mut holes_dropped) = (0, 0);
        for part in self.zone.parts() {
            let part: Vec<usize> = numbers.by_ref().take(part.len()).collect();
            if part.first().is_some_and(|outline| kept[*outline]) {
                holes_dropped += part.iter().filter(|ring| !kept[**ring]).count();
                parts.push(
                    part.iter()
                        .filter(|ring| kept[**ring])
                        .map(|ring| self.ring(*ring))
                        .collect(),
                );
            } else {
                parts_dropped += 1;
            }
        }
        let mut parts = parts.into_iter();
        #[expect(clippy::cast_precision_loss, reason = "millimetres within a tolerance")]
        let moved_m = self.moved_mm as f64 / 1_000.0;
        Simplified {
            zone: Zone {
                rings: parts.next().unwrap_or_default(),
                more_parts: parts.collect(),
                ..self.zone
            },
            moved_m,
            parts_dropped,
            holes_dropped,
        }
    }

    /// Whether each ring stays: those smaller than the tolerance do not, nor do the holes of such parts. The largest part
    /// always does.
    fn kept(&self) -> Vec<bool> {
        let extents: Vec<u64> = self.rings.iter().map(|ring| self.extent_mm(ring)).collect();
        let mut numbers = 0..;
        let parts: Vec<Vec<usize>> = self
            .zone
            .parts()
            .map(|part| numbers.by_ref().take(part.len()).collect())
            .collect();
        let outlines = parts.iter().filter_map(|part| part.first());
        let largest = outlines.max_by_key(|outline| extents[**outline]).copied();
        let mut kept = vec![false; extents.len()];
        for part in &parts {
            let Some(outline) = part.first() else { continue };
            let is_drawn = self.tolerance_mm == 0;
            let part_stays = is_drawn || extents[*outline] > self.tolerance_mm || largest == Some(*outline);
            for ring in part {
                let is_outline = ring == outline;
                kept[*ring] = part_stays && (is_outline || is_drawn || extents[*ring] > self.tolerance_mm);
            }
        }
        kept
    }

    fn extent_mm(&self, ring: &Drawn) -> u64 {
        let nodes = &self.nodes[ring.first..ring.first + ring.nodes];
        let [low, high] = bounds(nodes.iter().map(|node| node.at));
        millimeters(distance(low, high))
    }

    fn ring(&self, ring: usize) -> Ring {
        let Drawn { first, nodes, .. } = self.rings[ring];
        let left = self.nodes[first..first + nodes].iter().filter(|node| node.is_left);
        let mut corners: Ring = left.map(|node| node.corner).collect();
        corners.extend(corners.first().copied());
        corners
    }

    fn reconsider(&mut self) {
        for node in std::mem::take(&mut self.blocked) {
            self.consider(node);
        }
    }

    /// Puts a node where its turn is.
    fn consider(&mut self, node: usize) {
        let Node {
            before,
            after,
            state,
            is_left,
            ..
        } = self.nodes[node];
        if is_left && let Some(moves_mm) = self.moves_mm(before, after) {
            self.next.push(Reverse((moves_mm, node, state)));
        }
    }

    /// How far the drawn corners between two nodes lie from the line between them; nothing if they are too many.
    fn moves_mm(&self, before: usize, after: usize) -> Option<u64> {
        let Drawn { first, nodes, .. } = self.rings[self.nodes[before].ring];
        let between = (after + nodes - before - 1) % nodes;
        let [from, to] = [before, after].map(|node| self.nodes[node].at);
        let drawn = (1..=between).map(|step| self.nodes[first + (before - first + step) % nodes].at);
        (between <= SPAN_MAX).then(|| millimeters(drawn.map(|at| to_line(at, from, to)).fold(0.0, f64::max)))
    }

    /// True if another corner lies in the triangle that taking this one out would cut off.
    fn is_blocked(&mut self, node: usize) -> bool {
        let Node { before, after, at, .. } = self.nodes[node];
        let [from, to] = [before, after].map(|node| self.nodes[node].at);
        let triangle = [from, at, to];
        let mut looks = self.looks;
        let is_blocked = self.grid.within(bounds(triangle.into_iter())).any(|other| {
            let place = self.nodes[other].at;
            looks += 1;
            looks > LOOKS_MAX || other != node && !is_same(place, from) && !is_same(place, to) && is_in(place, triangle)
        });
        self.looks = looks;
        is_blocked
    }

    fn take_out(&mut self, node: usize) {
        let Node {
            before,
            after,
            at,
            ring,
            ..
        } = self.nodes[node];
        self.nodes[node].is_left = false;
        self.nodes[before].after = after;
        self.nodes[after].before = before;
        self.rings[ring].left -= 1;
        self.grid.remove(node, at);
        for neighbour in [before, after] {
            self.nodes[neighbour].state += 1;
            self.consider(neighbour);
        }
    }
}

/// Degrees as metres, where the zone is. Longitudes are as long as where it is nearest to the equator, so distances are never
/// too small.
struct Plane {
    per_degree: [f64; 2],
}

impl Plane {
    fn of(zone: &Zone) -> Self {
        let lats = zone.parts().flatten().flatten().map(|[_, lat]| lat.abs());
        let nearest = lats.fold(90.0, f64::min);
        let per_degree = EARTH_RADIUS_METERS.to_radians();
        Self {
            per_degree: [per_degree * nearest.to_radians().cos(), per_degree],
        }
    }

    fn meters(&self, corner: [f64; 2]) -> [f64; 2] {
        [corner[0] * self.per_degree[0], corner[1] * self.per_degree[1]]
    }
}

/// Which nodes are where: columns of equally many nodes, each cut into squares of a few. However unevenly corners lie, such
/// as those of two coasts with an ocean between them, few share a square.
struct Grid {
    column_starts: Vec<f64>,
    columns: Vec<Column>,
}

struct Column {
    square_starts: Vec<f64>,
    squares: Vec<Vec<usize>>,
}

impl Grid {
    fn of(nodes: &[Node]) -> Self {
        let number = nodes.len().isqrt().max(1);
        let column_starts = starts(nodes.iter().map(|node| node.at[0]).collect(), number);
        let mut in_columns: Vec<Vec<usize>> = vec![Vec::new(); column_starts.len()];
        for (number, node) in nodes.iter().enumerate() {
            in_columns[place(&column_starts, node.at[0])].push(number);
        }
        let columns = in_columns.iter().map(|column| Column::of(column, nodes)).collect();
        Self { column_starts, columns }
    }

    fn remove(&mut self, node: usize, at: [f64; 2]) {
        let column = &mut self.columns[place(&self.column_starts, at[0])];
        let square = place(&column.square_starts, at[1]);
        column.squares[square].retain(|other| *other != node);
    }

    fn within(&self, [low, high]: [[f64; 2]; 2]) -> impl Iterator<Item = usize> {
        let columns = &self.columns[place(&self.column_starts, low[0])..=place(&self.column_starts, high[0])];
        let squares = columns.iter().flat_map(move |column| {
            let [from, to] = [low, high].map(|at| place(&column.square_starts, at[1]));
            &column.squares[from..=to]
        });
        squares.flatten().copied()
    }
}

impl Column {
    fn of(column: &[usize], nodes: &[Node]) -> Self {
        let lats = column.iter().map(|node| nodes[*node].at[1]).collect();
        let square_starts = starts(lats, column.len() / SQUARE_NODES);
        let mut squares = vec![Vec::new(); square_starts.len()];
        for node in column {
            squares[place(&square_starts, nodes[*node].at[1])].push(*node);
        }
        Self { square_starts, squares }
    }
}

/// Where stretches begin that have equally many of these values: one stretch at least.
fn starts(mut values: Vec<f64>, stretches: usize) -> Vec<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let length = values.len().div_ceil(stretches.max(1)).max(1);
    let found: Vec<f64> = values.iter().step_by(length).copied().collect();
    if found.is_empty() { vec![0.0] } else { found }
}

/// The stretch of a value: the last that begins no later.
fn place(starts: &[f64], value: f64) -> usize {
    starts.partition_point(|start| *start <= value).saturating_sub(1)
}

fn bounds(points: impl Iterator<Item = [f64; 2]>) -> [[f64; 2]; 2] {
    let nothing = [[f64::INFINITY; 2], [f64::NEG_INFINITY; 2]];
    points.fold(nothing, |[low, high], [x, y]| {
        [[low[0].min(x), low[1].min(y)], [high[0].max(x), high[1].max(y)]]
    })
}

fn is_same(a: [f64; 2], b: [f64; 2]) -> bool {
    a.map(f64::to_bits) == b.map(f64::to_bits)
}

fn distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    (a[0] - b[0]).hypot(a[1] - b[1])
}

/// How far a point is from the line between two.
fn to_line(at: [f64; 2], from: [f64; 2], to: [f64; 2]) -> f64 {
    let [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    let length = dx * dx + dy * dy;
    if length == 0.0 {
        return distance(at, from);
    }
    let along = ((at[0] - from[0]) * dx + (at[1] - from[1]) * dy) / length;
    let along = along.clamp(0.0, 1.0);
    distance(at, [from[0] + along * dx, from[1] + along * dy])
}

/// True if a point is in a triangle or on its border.
fn is_in(at: [f64; 2], [a, b, c]: [[f64; 2]; 3]) -> bool {
    let [low, high] = bounds([a, b, c].into_iter());
    let near = (0..2).all(|axis| (low[axis]..=high[axis]).contains(&at[axis]));
    let turns = [turn(a, b, at), turn(b, c, at), turn(c, a, at)];
    near && (turns.iter().all(|turn| *turn >= 0.0) || turns.iter().all(|turn| *turn <= 0.0))
}

/// Positive if the way from `a` over `b` to `c` turns left.
fn turn(a: [f64; 2], b: [f64; 2], c: [f64; 2]) -> f64 {
    (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "not negative, and less than the Earth's circumference"
)]
fn millimeters(meters: f64) -> u64 {
    (meters * 1_000.0).ceil() as u64
}

#[cfg(test)]
mod tests;
