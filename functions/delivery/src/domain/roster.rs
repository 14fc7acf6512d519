//! Shifts that a courier plans: what may be planned, and until when whoever starts now means to work.
//!
//! A plan is a promise to oneself. It costs nothing not to come, and nobody has to plan in order to work; but whoever works
//! by a plan gets no trip that would begin after its end, and is off shift then.

use kernel::{ShiftId, SignedDuration, Timestamp};

use super::work::{Limit, Rules, Span, exceeded};

/// A shorter shift is not worth the way.
pub const SHIFT_MIN: SignedDuration = SignedDuration::from_mins(30);
/// How far ahead a shift may end.
pub const AHEAD_MAX: SignedDuration = SignedDuration::from_hours(14 * 24);
/// Shifts that one courier has planned.
pub const PLANNED_MAX: usize = 40;
/// A courier who starts at most so long before a planned shift works by it.
pub const EARLY_MAX: SignedDuration = SignedDuration::from_mins(15);

/// A planned shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Planned {
    /// The shift.
    pub shift_id: ShiftId,
    /// From and to.
    pub span: Span,
}

/// What a courier has planned, the earliest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Roster {
    shifts: Vec<Planned>,
}

/// Why a shift cannot be planned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unplannable {
    /// It would have begun already.
    #[error("must not lie in the past")]
    Past,
    /// It would end before it is worth the way.
    #[error("must be at least {} minutes after `from`", SHIFT_MIN.as_mins())]
    TooShort,
    /// It would end too far ahead.
    #[error("must be within the next {} days", AHEAD_MAX.as_hours() / 24)]
    TooFarAhead,
    /// There is another at that time.
    #[error("another planned shift is at that time")]
    Overlaps(ShiftId),
    /// There are too many.
    #[error("at most {PLANNED_MAX} shifts can be planned")]
    TooMany,
    /// The market's rules do not allow so much work.
    #[error("the {} working time would be exceeded", .0.as_str())]
    Exceeds(Limit),
}

/// Why a planned shift cannot be cancelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Uncancellable {
    /// There is none with this id, or it is over.
    #[error("there is no such shift")]
    Missing,
    /// The courier is working by it.
    #[error("the shift is running: end it instead")]
    Running,
}

impl Roster {
    /// From shifts, the earliest first.
    #[must_use]
    pub const fn new(shifts: Vec<Planned>) -> Self {
        Self { shifts }
    }

    /// Every planned shift, the earliest first.
    #[must_use]
    pub fn shifts(&self) -> &[Planned] {
        &self.shifts
    }

    /// Those that are not over yet.
    #[must_use]
    pub fn ahead(&self, now: Timestamp) -> Self {
        let ahead = self.shifts.iter().filter(|shift| shift.span.to > now);
        Self::new(ahead.copied().collect())
    }

    /// The roster with one more shift, and that shift; the one that is there, if one from and to the same times is. `worked`
    /// is what was worked before.
    ///
    /// # Errors
    /// Whatever rule of planning it breaks.
    pub fn plan(
        &self,
        rules: &Rules,
        worked: &[Span],
        shift: Planned,
        now: Timestamp,
    ) -> Result<(Self, Planned), Unplannable> {
        let mut roster = self.ahead(now);
        if let Some(same) = roster.shifts.iter().find(|known| known.span == shift.span) {
            return Ok((roster.clone(), *same));
        }
        let Span { from, to } = shift.span;
        if from < now {
            return Err(Unplannable::Past);
        }
        if to.duration_since(from) < SHIFT_MIN {
            return Err(Unplannable::TooShort);
        }
        if to > now + AHEAD_MAX {
            return Err(Unplannable::TooFarAhead);
        }
        let overlapping = |known: &&Planned| known.span.from < to && from < known.span.to;
        if let Some(other) = roster.shifts.iter().find(overlapping) {
            return Err(Unplannable::Overlaps(other.shift_id));
        }
        if roster.shifts.len() >= PLANNED_MAX {
            return Err(Unplannable::TooMany);
        }
        let others: Vec<Span> = worked
            .iter()
            .copied()
            .chain(roster.shifts.iter().map(|known| known.span))
            .collect();
        if let Some(limit) = exceeded(rules, &others, shift.span) {
            return Err(Unplannable::Exceeds(limit));
        }
        roster.shifts.push(shift);
        roster.shifts.sort_by_key(|known| known.span.from);
        Ok((roster, shift))
    }

    /// The roster without a shift. `works_until` is the planned end of the shift that the courier works, if by a plan.
    ///
    /// # Errors
    /// When there is no such shift, or the courier works by it.
    pub fn cancel(
        &self,
        shift_id: ShiftId,
        works_until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Self, Uncancellable> {
        let mut roster = self.ahead(now);
        let at = roster.shifts.iter().position(|known| known.shift_id == shift_id);
        let at = at.ok_or(Uncancellable::Missing)?;
        let cancelled = roster.shifts.remove(at);
        let was_worked_by = cancelled.span.from <= now || roster.works_until(now).is_none();
        if works_until.is_some() && was_worked_by && cancelled.span.from <= now + EARLY_MAX {
            return Err(Uncancellable::Running);
        }
        Ok(roster)
    }

    /// Until when whoever works now by the plan works: to the end of the shift of this moment and of those that follow without
    /// a gap; `None` without a plan for this moment.
    #[must_use]
    pub fn works_until(&self, now: Timestamp) -> Option<Timestamp> {
        let mut until = None;
        for Planned { span, .. } in &self.shifts {
            let begins_in_time = span.from <= until.unwrap_or(now + EARLY_MAX);
            if begins_in_time && span.to > now {
                until = Some(span.to);
            }
        }
        until
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::cast::{NOON, id, market, minutes};

    /// From and to, in minutes after noon.
    fn span(from: i64, to: i64) -> Span {
        Span {
            from: NOON + minutes(from),
            to: NOON + minutes(to),
        }
    }

    fn shift(number: u128, from: i64, to: i64) -> Planned {
        Planned {
            shift_id: id(number),
            span: span(from, to),
        }
    }

    fn roster(shifts: &[(i64, i64)]) -> Roster {
        let shifts = (1..).zip(shifts).map(|(number, (from, to))| shift(number, *from, *to));
        Roster::new(shifts.collect())
    }

    fn planned(of: &Roster, from: i64, to: i64) -> Result<usize, Unplannable> {
        let (after, _) = of.plan(market("NL"), &[], shift(99, from, to), NOON)?;
        Ok(after.shifts().len())
    }

    const DAY: i64 = 24 * 60;

    #[test]
    fn a_shift_is_planned_ahead_beside_others_and_not_twice() {
        let two = roster(&[(60, 120), (300, 420)]);
        for (from, to, outcome) in [
            (120, 180, Ok(3)),
            (120, 300, Ok(3)),
            (60, 120, Ok(2)),
            (0, 30, Ok(3)),
            (0, 29, Err(Unplannable::TooShort)),
            (180, 120, Err(Unplannable::TooShort)),
            (-1, 60, Err(Unplannable::Past)),
            (60, 119, Err(Unplannable::Overlaps(id(1)))),
            (240, 301, Err(Unplannable::Overlaps(id(2)))),
            (14 * DAY - 60, 14 * DAY, Ok(3)),
            (14 * DAY - 60, 14 * DAY + 1, Err(Unplannable::TooFarAhead)),
        ] {
            assert_eq!(planned(&two, from, to), outcome, "{from} to {to}");
        }
        let (_, same) = two.plan(market("NL"), &[], shift(99, 60, 120), NOON).unwrap();
        assert_eq!(same.shift_id, id(1));
    }

    #[test]
    fn planned_and_past_work_together_keep_the_market_s_limits() {
        let yesterday = [span(-12 * 60, -60)];
        let plan = |worked: &[Span], from, to| {
            let planned = roster(&[(DAY, DAY + 600)]).plan(market("DE"), worked, shift(99, from, to), NOON);
            planned.map(|(after, _)| after.shifts().len())
        };
        assert_eq!(plan(&[], 60, 600), Ok(2));
        assert_eq!(plan(&[], 60, 601), Err(Unplannable::Exceeds(Limit::Daily)));
        // Ten hours from tomorrow noon leave nothing of the 24 hours that they end.
        assert_eq!(plan(&[], DAY - 120, DAY), Err(Unplannable::Exceeds(Limit::Daily)));
        assert_eq!(plan(&yesterday, 60, 120), Err(Unplannable::Exceeds(Limit::Daily)));
        let week: Vec<_> = (0..6).map(|day| (day * DAY, day * DAY + 600)).collect();
        let after = roster(&week).plan(market("DE"), &[], shift(99, 6 * DAY, 6 * DAY + 30), NOON);
        assert_eq!(after, Err(Unplannable::Exceeds(Limit::Weekly)));
        let later = roster(&week).plan(market("DE"), &[], shift(99, 7 * DAY, 7 * DAY + 30), NOON);
        assert!(later.is_ok());
    }

    #[test]
    fn there_are_not_more_than_so_many() {
        let full: Vec<_> = (0..40).map(|number| (number * 400, number * 400 + 30)).collect();
        assert_eq!(planned(&roster(&full), 100, 160), Err(Unplannable::TooMany));
        assert_eq!(planned(&roster(&full[1..]), 100, 160), Ok(PLANNED_MAX));
    }

    #[test]
    fn who_works_by_a_plan_works_to_its_end_and_to_that_of_what_follows_at_once() {
        let day = roster(&[(60, 120), (120, 180), (200, 260)]);
        for (at, until) in [
            (0, None),
            (44, None),
            (45, Some(180)),
            (60, Some(180)),
            (119, Some(180)),
            (130, Some(180)),
            (180, None),
            (186, Some(260)),
            (260, None),
        ] {
            let expected = until.map(|until| NOON + minutes(until));
            assert_eq!(day.works_until(NOON + minutes(at)), expected, "{at}");
        }
    }

    #[test]
    fn what_has_not_begun_can_be_cancelled() {
        let day = roster(&[(-60, -10), (0, 60), (120, 180)]);
        let cancel = |number, works_until| {
            let after = day.cancel(id(number), works_until, NOON);
            after.map(|after| after.shifts().len())
        };
        assert_eq!(cancel(1, None), Err(Uncancellable::Missing));
        assert_eq!(cancel(2, None), Ok(1));
        assert_eq!(cancel(2, Some(NOON + minutes(60))), Err(Uncancellable::Running));
        assert_eq!(cancel(3, Some(NOON + minutes(60))), Ok(1));
        let chain = roster(&[(0, 60), (60, 120)]);
        let cancel_at = |number, at| chain.cancel(id(number), Some(NOON + minutes(120)), NOON + minutes(at));
        assert_eq!(cancel_at(2, 50).map(|after| after.shifts().len()), Ok(1));
        assert_eq!(cancel_at(1, 50), Err(Uncancellable::Running));
        assert_eq!(cancel_at(1, -10), Err(Uncancellable::Running));
        assert_eq!(cancel(9, None), Err(Uncancellable::Missing));
    }
}
