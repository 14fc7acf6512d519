//! Sends a notice to somebody, once.
//!
//! A message is an item in the recipient's inbox, created on condition that it is not there: its id follows from the
//! event, so a redelivery creates nothing. The same item is the claim on mails and text messages: whoever creates it has
//! [`LEASE`] to hand them to their providers. Each one's outcome is an event of its own ([`super::record_outcome`]), and what has
//! an outcome is never sent again. A consumer that dies between the provider's yes and the event leaves a gap: after the lease
//! another sends once more. Neither provider can close it, so in that gap a message goes at least once.

use ::store::{Commit, CommitError, Key, Stored};
use contracts::notification::Channel;
use contracts::{Cause, Envelope};
use kernel::{MessageId, OrderId, SignedDuration, UserId};
use runtime::HandlerError;

use super::contacts;
use super::record_outcome::record_outcome;
use super::unsubscribe;
use super::withhold::{Candidate, withhold};
use crate::app::InboxApp;
use crate::domain::{Notice, Parcel, Recipient, Route, Rule, message_id, route};
use crate::providers::SendError;
use crate::publish::{Outcome, Outgoing};
use crate::store::{NOTE_KEPT_FOR, Note, Person, expiry, note_key, outcome_key};
use crate::text::{Locale, Reader, Text, mail, write};

/// How long a consumer may take to hand a message over: two providers' calls of one try each and two commits with all
/// their tries take 21 seconds at worst.
const LEASE: SignedDuration = SignedDuration::from_secs(25);

/// One notice to one recipient.
struct Sending<'a> {
    app: &'a InboxApp,
    event: &'a Envelope,
    cause: &'a Cause,
    recipient: Recipient,
    notice: &'a Notice,
    rule: Rule,
    order_id: Option<OrderId>,
}

/// The sending of one notice, in this consumer's hands.
struct Claim {
    key: Key,
    note: Stored<Note>,
}

/// Sends somebody a notice that an event caused.
///
/// # Errors
/// When a provider, the user service or the table asks for another try.
pub async fn send_notice(
    app: &InboxApp,
    event: &Envelope,
    cause: &Cause,
    recipient: Recipient,
    notice: &Notice,
    order_id: Option<OrderId>,
) -> Result<(), HandlerError> {
    let sending = Sending {
        app,
        event,
        cause,
        recipient,
        notice,
        rule: notice.rule(),
        order_id,
    };
    let person = sending.person().await?;
    let zone = person.zone();
    let preferences = person.wants().map_err(HandlerError::Park)?;
    let reach = person.reach(|country| app.served_countries.include(country));
    let route = route(&sending.rule, &preferences, reach, &zone, cause.now);
    let locale = person
        .contact
        .as_ref()
        .map_or(Locale::En, |contact| Locale::of(&contact.locale));
    let text = write(
        notice,
        Reader {
            locale,
            zone: &zone,
            now: event.time,
        },
    );
    let parcels = sending.parcels(&person, &text, route)?;
    sending.carry_out(&text, route, parcels).await
}

impl Sending<'_> {
    /// The recipient, with a contact if there is any: a missing one is fetched.
    async fn person(&self) -> Result<Person, HandlerError> {
        let Recipient::Person(user_id) = self.recipient else {
            return Ok(Person::default());
        };
        let mut person = contacts::read(&self.app.table, user_id).await?;
        let goes_out = self.rule.email || self.rule.sms;
        if contacts::is_incomplete(person.contact.as_ref()) && goes_out {
            let contact = contacts::refresh(self.app, user_id, self.cause).await?;
            person.contact = contact.or(person.contact);
        }
        Ok(person)
    }

    fn id(&self, channel: Channel) -> MessageId {
        let recipient = crate::store::inbox(self.recipient);
        message_id(self.event.time, &self.event.id, &recipient, self.rule.name, channel)
    }

    fn parcels(&self, person: &Person, text: &Text, route: Route) -> Result<Vec<(UserId, Parcel)>, HandlerError> {
        let (Recipient::Person(user_id), Some(contact)) = (self.recipient, &person.contact) else {
            return Ok(Vec::new());
        };
        let mut parcels = Vec::new();
        if route.email {
            let unsubscribe = (!self.rule.essential)
                .then(|| {
                    let (key, api_url) = (&self.app.cursor_key, &self.app.api_url);
                    unsubscribe::link(key, api_url, user_id, self.rule.category, self.cause.now)
                })
                .flatten();
            let mail = mail(text, &contact.name, self.order_id, unsubscribe.as_deref())
                .map_err(|error| HandlerError::Park(format!("the mail cannot be written: {error}")))?;
            parcels.push((
                user_id,
                Parcel::Mail {
                    to: contact.email.clone(),
                    mail,
                    unsubscribe,
                },
            ));
        }
        let number = contact.phone.as_ref().zip(contact.phone_country);
        if let Some((phone, market)) = number.filter(|_| route.sms) {
            parcels.push((
                user_id,
                Parcel::Sms {
                    to: phone.clone(),
                    market,
                    text: text.sms(),
                },
            ));
        }
        Ok(parcels)
    }

    /// Creates the message, or finds it; then sends what nobody has sent.
    async fn carry_out(
        &self,
        text: &Text,
        route: Route,
        mut parcels: Vec<(UserId, Parcel)>,
    ) -> Result<(), HandlerError> {
        if !route.in_app && parcels.is_empty() {
            return Ok(());
        }
        let note = self.note(text, &parcels);
        let key = note_key(self.recipient, self.id(Channel::InApp), route.in_app);
        let commit = Commit::new(self.cause).also_claim(&key, &note, "claimed");
        let claim = match self.app.table.commit(commit).await {
            Ok(()) => {
                parcels = self.allowed(parcels, &note, route).await?;
                Claim {
                    key,
                    note: Stored {
                        value: note,
                        version: 1,
                        sequence: 0,
                    },
                }
            }
            Err(CommitError::Refused(_)) if parcels.is_empty() => return Ok(()),
            Err(CommitError::Refused(_)) => {
                parcels = self.unsent(parcels).await?;
                if parcels.is_empty() {
                    return Ok(());
                }
                self.take_over(key).await?
            }
            Err(error) => return Err(error.into()),
        };
        self.send(parcels, claim).await
    }

    fn note(&self, text: &Text, parcels: &[(UserId, Parcel)]) -> Note {
        let now = self.cause.now;
        let lease_until = (!parcels.is_empty()).then(|| expiry(now, LEASE));
        Note {
            kind: self.rule.name.to_owned(),
            category: self.rule.category.as_str().to_owned(),
            title: text.title.clone(),
            body: text.body.clone(),
            order_id: self.order_id,
            created_at: self.event.time,
            read_at: None,
            channels: parcels.iter().map(|(_, parcel)| parcel.channel()).collect(),
            claimed_by: lease_until.map(|_| claimant()),
            lease_until,
            expires_at: expiry(now, NOTE_KEPT_FOR),
        }
    }

    /// Leaves out what exceeds a budget or was said a moment ago. Its outcome is the reason, and the inbox keeps it even if
    /// its category is not wanted there.
    async fn allowed(
        &self,
        parcels: Vec<(UserId, Parcel)>,
        note: &Note,
        route: Route,
    ) -> Result<Vec<(UserId, Parcel)>, HandlerError> {
        let mut allowed = Vec::new();
        for (user_id, parcel) in parcels {
            let message = self.outgoing(user_id, &parcel);
            let candidate = Candidate {
                event: self.event,
                cause: self.cause,
                notice: self.notice,
                rule: &self.rule,
                order_id: self.order_id,
                message_id: message.message_id,
                user_id,
            };
            let Some(withheld) = withhold(self.app, &candidate, &parcel).await? else {
                allowed.push((user_id, parcel));
                continue;
            };
            let reason = withheld.as_str();
            tracing::warn!(message.id = %message.message_id, reason, kind = self.rule.name, "a message is not sent");
            let table = &self.app.table;
            record_outcome(table, self.cause, message, Outcome::Failed(reason.to_owned())).await?;
            if !route.in_app {
                let key = note_key(self.recipient, self.id(Channel::InApp), true);
                table.commit(Commit::new(self.cause).also_put(&key, note)).await?;
            }
        }
        Ok(allowed)
    }

    fn outgoing(&self, user_id: UserId, parcel: &Parcel) -> Outgoing<'_> {
        let channel = parcel.channel();
        Outgoing {
            message_id: self.id(channel),
            user_id,
            channel,
            rule: &self.rule,
        }
    }

    /// Leaves out what has an outcome.
    async fn unsent(&self, parcels: Vec<(UserId, Parcel)>) -> Result<Vec<(UserId, Parcel)>, HandlerError> {
        let keys: Vec<_> = parcels
            .iter()
            .map(|(_, parcel)| outcome_key(self.id(parcel.channel())))
            .collect();
        let outcomes = self.app.table.get_all(&keys).await?;
        Ok(parcels
            .into_iter()
            .zip(outcomes)
            .filter_map(|(parcel, outcome)| outcome.is_none().then_some(parcel))
            .collect())
    }

    /// Takes the sending over from whoever claimed it, once the lease has ended.
    async fn take_over(&self, key: Key) -> Result<Claim, HandlerError> {
        let Some(claimed) = self.app.table.get::<Note>(&key).await? else {
            return Err(HandlerError::Retry("the message is being written".to_owned()));
        };
        if claimed
            .value
            .lease_until
            .is_some_and(|lease_until| self.cause.now.as_second() < lease_until)
        {
            return Err(HandlerError::Retry("the message is being sent".to_owned()));
        }
        let mut note = claimed.value.clone();
        note.claimed_by = Some(claimant());
        note.lease_until = Some(expiry(self.cause.now, LEASE));
        let commit = Commit::new(self.cause).also_replace(&key, &claimed, &note);
        self.app.table.commit(commit).await?;
        Ok(Claim {
            key,
            note: Stored {
                value: note,
                version: claimed.version + 1,
                sequence: 0,
            },
        })
    }

    /// Hands messages to their providers and publishes how each ended. One that is to be tried again does not keep the
    /// others from going.
    async fn send(&self, parcels: Vec<(UserId, Parcel)>, claim: Claim) -> Result<(), HandlerError> {
        let mut busy = None;
        let mut unknown = None;
        for (user_id, parcel) in parcels {
            let message = self.outgoing(user_id, &parcel);
            let message_id = message.message_id;
            let table = &self.app.table;
            match self.app.providers.send(message_id, &parcel).await {
                Ok(()) => record_outcome(table, self.cause, message, Outcome::Sent).await?,
                Err(SendError::Refused(reason)) => {
                    tracing::warn!(message.id = %message_id, reason, "a provider refused a message");
                    record_outcome(table, self.cause, message, Outcome::Failed(reason)).await?;
                }
                Err(SendError::Busy(reason)) => busy = Some(reason),
                Err(SendError::Unknown(reason)) => unknown = Some(reason),
            }
        }
        match (unknown, busy) {
            (None, None) => Ok(()),
            // Whether it went is unknown, so the lease runs on: the provider may still be at it.
            (Some(reason), _) => Err(HandlerError::Retry(reason)),
            (None, Some(reason)) => {
                self.release(claim).await;
                Err(HandlerError::Retry(reason))
            }
        }
    }

    /// Gives the sending back, since the provider said that nothing went: the next to come may try at once.
    async fn release(&self, claim: Claim) {
        let mut note = claim.note.value.clone();
        note.lease_until = None;
        let commit = Commit::new(self.cause).also_replace(&claim.key, &claim.note, &note);
        if let Err(error) = self.app.table.commit(commit).await {
            tracing::warn!(error = %error, "a claim could not be given back: its lease will end");
        }
    }
}

/// Tells this consumer's claim from any other.
fn claimant() -> String {
    runtime::ids::random().simple().to_string()
}
