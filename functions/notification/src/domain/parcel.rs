//! A message to one person over one channel, ready to go.

use contracts::notification::Channel;
use kernel::Country;

/// A message to one person over one channel. It is personal, so it has no `Debug`.
pub enum Parcel {
    /// A mail.
    Mail {
        /// The address.
        to: String,
        /// What it says.
        mail: Mail,
        /// The link that ends mails of this category, where one may.
        unsubscribe: Option<String>,
    },
    /// A text message.
    Sms {
        /// The number in E.164 form.
        to: String,
        /// The country that the number belongs to.
        market: Country,
        /// What it says.
        text: String,
    },
}

impl Parcel {
    /// The channel it goes by.
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Mail { .. } => Channel::Email,
            Self::Sms { .. } => Channel::Sms,
        }
    }
}

/// A mail, written and ready to be sent. It is personal, so it has no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Mail {
    /// The subject line.
    pub subject: String,
    /// The body for programs that show no HTML.
    pub plain: String,
    /// The body.
    pub html: String,
}
