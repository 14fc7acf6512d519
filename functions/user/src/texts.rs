//! Codes sent to phones. The service sends them itself: a code must not travel in an event.

use std::sync::{Arc, OnceLock};

use ::store::{Budget, SpendError, Table, digest};
use aws_sdk_sns::error::ProvideErrorMetadata as _;
use aws_sdk_sns::types::MessageAttributeValue;
use kernel::{Country, SignedDuration, Timestamp, UserId};
use runtime::{Edge, ids};

use crate::domain::Phone;

/// How long a code can be entered.
pub const CODE_LASTS: SignedDuration = SignedDuration::from_mins(10);
/// Codes that a person may have sent: one may be mistyped, one lost, one sent to the old number.
const PERSON_BUDGET: Budget = Budget::new("phone_code_by_person", 5, SignedDuration::from_hours(24));
/// Codes that a number may be sent, whoever asks: a number that nobody has verified may be anybody's.
const NUMBER_BUDGET: Budget = Budget::new("phone_code_by_number", 3, SignedDuration::from_hours(24));
/// Texts to all numbers of a country in an hour, whoever asks: pumping comes from many accounts to many numbers. Fifty times
/// what a large city needs.
const COUNTRY_BUDGET: Budget = Budget::new("phone_code_by_country", 2000, SignedDuration::from_hours(1));

/// Sends codes to phones. Cheap to clone.
#[derive(Clone)]
pub struct Texts {
    edge: Edge,
    client: Arc<OnceLock<aws_sdk_sns::Client>>,
    countries: Arc<[String]>,
    pepper: Arc<str>,
}

/// Why no code was sent.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The number's country is not one that texts are sent to.
    #[error("no texts are sent to this country")]
    Country,
    /// The person, the number or the country has had as many as may be.
    #[error(transparent)]
    Budget(#[from] SpendError),
    /// The provider did not take the text.
    #[error("the text could not be sent: {0}")]
    Provider(String),
}

impl Texts {
    /// Codes for numbers of these countries.
    ///
    /// # Errors
    /// When `CURSOR_KEY` is not set.
    pub fn new(edge: &Edge, countries: Vec<String>) -> Result<Self, runtime::MissingVariable> {
        Ok(Self {
            edge: edge.clone(),
            client: Arc::default(),
            countries: countries.into(),
            pepper: edge.var("CURSOR_KEY")?.into(),
        })
    }

    /// The only country that texts are sent to: there, a number without a country's code is one of its own.
    #[must_use]
    pub fn market(&self) -> Option<Country> {
        match self.countries.as_ref() {
            [only] => Country::try_from(only.as_str()).ok(),
            [] | [_, ..] => None,
        }
    }

    /// What the table keeps of a code: six digits alone could be found by trying them all.
    #[must_use]
    pub fn digest(&self, user_id: UserId, phone: &Phone, code: &str) -> String {
        digest(&format!("{}|{user_id}|{}|{code}", self.pepper, phone.as_str()))
    }

    /// Counts a text to a number, if its country is served.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn spend(&self, table: &Table, user_id: UserId, phone: &Phone, now: Timestamp) -> Result<(), SendError> {
        let country = phone.country().map(Country::as_str);
        let country = country.filter(|country| self.countries.iter().any(|served| served == country));
        let country = country.ok_or(SendError::Country)?;
        table.spend(&PERSON_BUDGET, &user_id.to_string(), now).await?;
        table.spend(&NUMBER_BUDGET, phone.as_str(), now).await?;
        table.spend(&COUNTRY_BUDGET, country, now).await?;
        Ok(())
    }

    /// A new code.
    #[must_use]
    pub fn draw() -> String {
        format!("{:06}", ids::below(1_000_000))
    }

    /// Sends a code.
    ///
    /// # Errors
    /// When the provider does not take the text.
    pub async fn send(&self, phone: &Phone, code: &str) -> Result<(), SendError> {
        let client = self.client.get_or_init(|| aws_sdk_sns::Client::new(self.edge.sdk()));
        let kind = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build();
        let failed = |error: &dyn std::fmt::Display| SendError::Provider(error.to_string());
        let request = client
            .publish()
            .phone_number(phone.as_str())
            .message(format!(
                "{code} is your Tiffin code. Nobody of us will ever ask you for it."
            ))
            .message_attributes("AWS.SNS.SMS.SMSType", kind.map_err(|error| failed(&error))?);
        let sent = request.send().await;
        // The whole chain of the error may name the number; its code says enough.
        sent.map(drop).map_err(|error| {
            let code = error.code().unwrap_or("no answer");
            failed(&code)
        })
    }
}

impl std::fmt::Debug for Texts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Texts")
            .field("countries", &self.countries)
            .finish_non_exhaustive()
    }
}
