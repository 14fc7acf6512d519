//! The restaurant: what it is, what a command makes happen, and what it is after that.

use contracts::menu::Menu;
use contracts::restaurant::{Capacity, Pause, StaffMember};
use kernel::{FieldError, OpeningHours, RestaurantId, SignedDuration, Timestamp, UserId};

use super::menu::{check_publishable, diets, typical_price};
use super::opening::Timetable;
use super::overrides::OVERRIDES_MAX;
use super::staff::{INVITATION_LASTS, STAFF_MAX};
use super::{
    Action, Area, Caller, Command, Event, Invitation, Invitations, Override, Overrides, Profile, PublishedMenu,
    Rejection, Staff, Stage, StageName, area,
};

/// How far ahead a pause or a sold-out item may end: beyond a year it is a typing error.
pub const UNTIL_MAX: SignedDuration = SignedDuration::from_hours(366 * 24);

/// A restaurant.
#[derive(Debug, Clone, PartialEq)]
pub struct Restaurant {
    pub id: RestaurantId,
    /// Since when.
    pub created_at: Timestamp,
    /// Counts its changes, but not what sells out: a busy kitchen must not make a manager's edit stale.
    pub revision: u64,
    /// What it says of itself.
    pub profile: Profile,
    /// When it is open.
    pub hours: OpeningHours,
    /// Where it delivers.
    pub area: Area,
    /// How much it cooks at a time; `None` for no limit.
    pub capacity: Option<Capacity>,
    /// Who works there.
    pub staff: Staff,
    /// Who may come to work there.
    pub invitations: Invitations,
    /// Where it stands with the platform.
    pub stage: Stage,
    /// Its published menu; `None` before the first.
    pub menu: Option<PublishedMenu>,
    /// What is sold out.
    pub overrides: Overrides,
}

impl Restaurant {
    /// A new restaurant: a draft, closed at all times, owned by its creator.
    #[must_use]
    pub fn create(id: RestaurantId, profile: Profile, owner: UserId, now: Timestamp) -> Self {
        Self {
            id,
            created_at: now,
            revision: 1,
            profile,
            hours: OpeningHours::default(),
            area: Area::default(),
            capacity: None,
            staff: Staff::owned_by(owner),
            invitations: Invitations::default(),
            stage: Stage::Draft,
            menu: None,
            overrides: Overrides::default(),
        }
    }

    /// What decides whether it takes orders.
    #[must_use]
    pub fn timetable(&self) -> Timetable<'_> {
        let pause = match &self.stage {
            Stage::Approved { pause, .. } => pause.as_ref(),
            Stage::Draft | Stage::Submitted { .. } | Stage::Suspended { .. } => None,
        };
        Timetable {
            hours: &self.hours,
            time_zone: &self.profile.time_zone,
            pause,
            prep_time_minutes: self.profile.prep_time_minutes,
        }
    }

    /// The events that follow from a command; empty if it changes nothing.
    ///
    /// # Errors
    /// When the caller may not ask for it, or the rules or the restaurant's stage forbid it.
    pub fn decide(&self, command: &Command, by: &Caller, now: Timestamp) -> Result<Vec<Event>, Rejection> {
        if !self.is_own_affair(command, by, now) {
            self.staff.permit(by, command.authority(), self.stage.is_public())?;
        }
        match command {
            Command::Change { revision, change } => {
                if *revision != self.revision {
                    return Err(Rejection::Stale);
                }
                let profile = self.profile.changed(change)?;
                Ok(unless(
                    profile == self.profile,
                    Event::ProfileChanged(Box::new(profile)),
                ))
            }
            Command::Submit => self.act(Action::Submit, now, Event::Submitted { at: now }),
            Command::Approve => self.act(Action::Approve, now, Event::Approved { at: now }),
            Command::Suspend { reason } => {
                let reason = reason.clone();
                self.act(Action::Suspend, now, Event::Suspended { at: now, reason })
            }
            Command::Pause(pause) => self.pause(pause, now),
            Command::Resume => self.act(Action::Resume, now, Event::Resumed),
            Command::ReplaceHours(hours) => Ok(unless(*hours == self.hours, Event::HoursReplaced(hours.clone()))),
            Command::ReplaceArea(new) => {
                let new = new.clone().check(self.profile.currency)?;
                Ok(unless(new == self.area, Event::AreaReplaced(new)))
            }
            Command::ReplaceCapacity(capacity) => {
                let capacity = area::check_capacity(*capacity, self.profile.currency)?;
                Ok(unless(
                    self.capacity == Some(capacity),
                    Event::CapacityReplaced(capacity),
                ))
            }
            Command::PutStaff(member) => self.put_staff(member, now),
            Command::AcceptInvitation => {
                let invitation = self.invitations.of(by.user_id, now);
                Ok(invitation
                    .map(|invitation| Event::StaffPut(invitation.member))
                    .into_iter()
                    .collect())
            }
            Command::RemoveStaff(user_id) => {
                self.staff.check_spare(*user_id)?;
                Ok(unless(!self.concerns(*user_id, now), Event::StaffRemoved(*user_id)))
            }
            Command::PublishMenu { draft_revision, menu } => self.publish(draft_revision, menu, now),
            Command::SetAvailability { entry, listed } => self.set_availability(entry, *listed, now),
        }
    }

    fn act(&self, action: Action, now: Timestamp, event: Event) -> Result<Vec<Event>, Rejection> {
        let from = self.stage.name(now);
        let to = from.after(action).ok_or(Rejection::WrongStage { from, action })?;
        Ok(unless(from == to, event))
    }

    fn pause(&self, pause: &Pause, now: Timestamp) -> Result<Vec<Event>, Rejection> {
        check_until(pause.until, now)?;
        let already = self.stage.pause(now) == Some(pause);
        let from = self.stage.name(now);
        match from.after(Action::Pause) {
            Some(StageName::Paused) => Ok(unless(already, Event::Paused(pause.clone()))),
            Some(StageName::Draft | StageName::Submitted | StageName::Approved | StageName::Suspended) | None => {
                let action = Action::Pause;
                Err(Rejection::WrongStage { from, action })
            }
        }
    }

    /// Whether a person works there or is invited to.
    fn concerns(&self, user_id: UserId, now: Timestamp) -> bool {
        self.staff.role(user_id).is_some() || self.invitations.of(user_id, now).is_some()
    }

    /// What people decide for themselves: to come, and to leave.
    fn is_own_affair(&self, command: &Command, by: &Caller, now: Timestamp) -> bool {
        let is_about_caller = match command {
            Command::AcceptInvitation => true,
            Command::RemoveStaff(user_id) => *user_id == by.user_id,
            Command::Change { .. }
            | Command::Submit
            | Command::Approve
            | Command::Suspend { .. }
            | Command::Pause(_)
            | Command::Resume
            | Command::ReplaceHours(_)
            | Command::ReplaceArea(_)
            | Command::ReplaceCapacity(_)
            | Command::PutStaff(_)
            | Command::PublishMenu { .. }
            | Command::SetAvailability { .. } => false,
        };
        is_about_caller && self.concerns(by.user_id, now)
    }

    fn put_staff(&self, member: &StaffMember, now: Timestamp) -> Result<Vec<Event>, Rejection> {
        let Some(known) = self.staff.role(member.user_id) else {
            return self.invite(member, now);
        };
        if known == member.role {
            return Ok(Vec::new());
        }
        // Another role than before, so an owner who gets it is one no more.
        self.staff.check_spare(member.user_id)?;
        Ok(vec![Event::StaffPut(*member)])
    }

    fn invite(&self, member: &StaffMember, now: Timestamp) -> Result<Vec<Event>, Rejection> {
        let invited = self.invitations.of(member.user_id, now);
        if invited.is_some_and(|invitation| invitation.member == *member) {
            return Ok(Vec::new());
        }
        let people = self.staff.members().len() + self.invitations.open(now).count();
        if invited.is_none() && people >= STAFF_MAX {
            return Err(Rejection::TooManyStaff);
        }
        // Whole seconds, as they are stored.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let (member, until) = (*member, now + INVITATION_LASTS);
        Ok(vec![Event::StaffInvited(Invitation { member, until })])
    }

    fn publish(&self, draft_revision: &str, menu: &Menu, now: Timestamp) -> Result<Vec<Event>, Rejection> {
        if self
            .menu
            .as_ref()
            .is_some_and(|menu| menu.draft_revision == draft_revision)
        {
            return Ok(Vec::new());
        }
        check_publishable(menu, self.profile.currency)?;
        let version = self.menu.as_ref().map_or(0, |menu| menu.version) + 1;
        let published = PublishedMenu {
            version,
            draft_revision: draft_revision.to_owned(),
            published_at: now,
            diets: diets(menu),
            typical_price: typical_price(menu),
        };
        let categories = menu.categories.clone();
        let menu = Box::new(Menu { version, categories });
        Ok(vec![Event::MenuPublished { published, menu }])
    }

    fn set_availability(
        &self,
        entry: &Override,
        listed: Option<bool>,
        now: Timestamp,
    ) -> Result<Vec<Event>, Rejection> {
        if !self.stage.is_known() {
            return Err(Rejection::NotApproved);
        }
        let listed = listed.ok_or(Rejection::NoSuchEntry)?;
        if entry.available && entry.until.is_some() {
            let error = FieldError::new("/until", "until_without_end", "is only for what is not available");
            return Err(vec![error].into());
        }
        check_until(entry.until, now)?;
        let held = self.overrides.of(entry.kind, &entry.id, now);
        if held.map_or(entry.until.is_none() && entry.available == listed, |held| held == entry) {
            return Ok(Vec::new());
        }
        if held.is_none() && self.overrides.len() >= OVERRIDES_MAX {
            return Err(Rejection::TooManyOverrides);
        }
        let entry = entry.clone();
        Ok(vec![Event::AvailabilityChanged { entry, at: now }])
    }

    /// The restaurant after an event.
    #[must_use]
    pub fn evolve(mut self, event: &Event) -> Self {
        if let Event::AvailabilityChanged { entry, at } = event {
            self.overrides.set(entry.clone(), *at);
            return self;
        }
        self.revision += 1;
        match event {
            Event::ProfileChanged(profile) => self.profile = (**profile).clone(),
            Event::Submitted { at } => self.stage = Stage::Submitted { since: *at },
            Event::Approved { at } => self.stage = self.stage.admitted(None, *at),
            Event::Suspended { at, reason } => {
                let (since, reason) = (*at, reason.clone());
                self.stage = Stage::Suspended { since, reason };
            }
            Event::Paused(pause) => self.stage = self.stage.admitted(Some(pause.clone()), self.created_at),
            Event::Resumed => self.stage = self.stage.admitted(None, self.created_at),
            Event::HoursReplaced(hours) => self.hours = hours.clone(),
            Event::AreaReplaced(area) => self.area = area.clone(),
            Event::CapacityReplaced(capacity) => self.capacity = Some(*capacity),
            Event::StaffInvited(invitation) => self.invitations.put(*invitation),
            Event::StaffPut(member) => {
                self.invitations.remove(member.user_id);
                self.staff.put(*member);
            }
            Event::StaffRemoved(user_id) => {
                self.invitations.remove(*user_id);
                self.staff.remove(*user_id);
            }
            Event::MenuPublished { published, menu } => {
                self.overrides.keep_for(menu, published.published_at);
                self.menu = Some(published.clone());
            }
            Event::AvailabilityChanged { .. } => {}
        }
        self
    }
}

fn unless(already: bool, event: Event) -> Vec<Event> {
    if already { Vec::new() } else { vec![event] }
}

fn check_until(until: Option<Timestamp>, now: Timestamp) -> Result<(), Rejection> {
    let latest = now.saturating_add(UNTIL_MAX).unwrap_or(Timestamp::MAX);
    if until.is_none_or(|until| now < until && until <= latest) {
        return Ok(());
    }
    let message = "must be in the future and at most a year ahead";
    Err(vec![FieldError::new("/until", "out_of_range", message)].into())
}

#[cfg(test)]
pub mod cast;
#[cfg(test)]
mod tests;
