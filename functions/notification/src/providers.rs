//! The clients of what carries messages to people: SES for mails, SNS for text messages, and API Gateway for live
//! connections.
//!
//! Neither SES nor SNS takes a token that would make a repeated call harmless, so every call is tried once: whether it comes again is
//! decided by the message's claim, not by the client library.

mod connections;

use aws_sdk_sesv2::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag};
use aws_sdk_sns::operation::publish::PublishError;
use aws_sdk_sns::types::MessageAttributeValue;
use kernel::MessageId;
use runtime::Edge;

pub use connections::Connections;

use crate::domain::{Mail, Parcel};

/// The clients of SES and SNS.
#[derive(Debug, Clone)]
pub struct Providers {
    mail: aws_sdk_sesv2::Client,
    sms: aws_sdk_sns::Client,
    mail_from: String,
}

/// Why a message was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendError {
    /// It never will: the provider's code.
    Refused(String),
    /// Not now: the provider's code. It may later.
    Busy(String),
    /// No answer: whether it has taken the message is unknown.
    Unknown(String),
}

impl Providers {
    /// The providers, and the sender that `MAIL_FROM` names.
    ///
    /// # Errors
    /// When the variable is not set.
    pub fn of(edge: &Edge) -> Result<Self, runtime::Error> {
        let once = || aws_sdk_sesv2::config::retry::RetryConfig::standard().with_max_attempts(1);
        let mail = aws_sdk_sesv2::config::Builder::from(edge.sdk())
            .retry_config(once())
            .build();
        let sms = aws_sdk_sns::config::Builder::from(edge.sdk())
            .retry_config(once())
            .build();
        Ok(Self {
            mail: aws_sdk_sesv2::Client::from_conf(mail),
            sms: aws_sdk_sns::Client::from_conf(sms),
            mail_from: edge.var("MAIL_FROM")?,
        })
    }

    /// Hands a message to its provider.
    ///
    /// # Errors
    /// See [`SendError`].
    pub async fn send(&self, message_id: MessageId, parcel: &Parcel) -> Result<(), SendError> {
        match parcel {
            Parcel::Mail { to, mail, unsubscribe } => self.mail(message_id, to, mail, unsubscribe.as_deref()).await,
            Parcel::Sms { to, text, .. } => self.sms(to, text).await,
        }
    }

    async fn mail(&self, id: MessageId, to: &str, mail: &Mail, unsubscribe: Option<&str>) -> Result<(), SendError> {
        let defect = |error: aws_sdk_sesv2::error::BuildError| SendError::Refused(error.to_string());
        let text = |text: &str| Content::builder().charset("UTF-8").data(text).build().map_err(defect);
        let header = |name: &str, value: String| MessageHeader::builder().name(name).value(value).build();
        let body = Body::builder().text(text(&mail.plain)?).html(text(&mail.html)?).build();
        let mut message = Message::builder().subject(text(&mail.subject)?).body(body);
        if let Some(link) = unsubscribe {
            // RFC 8058: the mail program unsubscribes by a POST, without opening a page.
            let one_click = "List-Unsubscribe=One-Click".to_owned();
            message = message
                .headers(header("List-Unsubscribe", format!("<{link}>")).map_err(defect)?)
                .headers(header("List-Unsubscribe-Post", one_click).map_err(defect)?);
        }
        let tag = MessageTag::builder()
            .name("message_id")
            .value(id.to_string())
            .build()
            .map_err(defect)?;
        let request = self
            .mail
            .send_email()
            .from_email_address(&self.mail_from)
            .destination(Destination::builder().to_addresses(to).build())
            .content(EmailContent::builder().simple(message.build()).build())
            .email_tags(tag);
        request
            .send()
            .await
            .map(|_| ())
            .map_err(|error| judge(error, mail_refuses))
    }

    async fn sms(&self, to: &str, text: &str) -> Result<(), SendError> {
        let kind = MessageAttributeValue::builder()
            .data_type("String")
            .string_value("Transactional")
            .build();
        let kind = kind.map_err(|error| SendError::Refused(error.to_string()))?;
        let request = self
            .sms
            .publish()
            .phone_number(to)
            .message(text)
            .message_attributes("AWS.SNS.SMS.SMSType", kind);
        request
            .send()
            .await
            .map(|_| ())
            .map_err(|error| judge(error, sms_refuses))
    }
}

/// What SES refuses for this message and this address. An account that may not send, or a sender that is not verified,
/// is for an operator to mend: the messages wait, and their alarm goes off.
fn mail_refuses(error: &SendEmailError) -> bool {
    if let SendEmailError::MessageRejected(rejected) = error {
        return rejected
            .message()
            .is_none_or(|message| !message.contains("not verified"));
    }
    error.is_bad_request_exception()
}

/// What SNS refuses for this number: not a number, or one whose owner has opted out.
fn sms_refuses(error: &PublishError) -> bool {
    error.is_invalid_parameter_exception()
        || error.is_invalid_parameter_value_exception()
        || error.is_validation_exception()
}

fn judge<E>(error: SdkError<E>, refuses: impl Fn(&E) -> bool) -> SendError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    // The provider's message may repeat the address, so only its code is kept.
    let code = error.code().map(str::to_owned);
    if error.as_service_error().is_some_and(refuses) {
        return SendError::Refused(code.unwrap_or_else(|| "refused".to_owned()));
    }
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(status @ 400..) => SendError::Busy(code.unwrap_or_else(|| format!("status {status}"))),
        _ => SendError::Unknown(DisplayErrorContext(error).to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use aws_sdk_sesv2::config::http::HttpResponse;
    use aws_sdk_sesv2::types::error::{MessageRejected, TooManyRequestsException};
    use aws_sdk_sns::types::error::{InvalidParameterException, KmsThrottlingException};
    use aws_smithy_types::body::SdkBody;

    #[test]
    fn refusals_are_for_good_and_throttles_are_not() {
        let rejected = SendEmailError::MessageRejected(MessageRejected::builder().build());
        let throttled = SendEmailError::TooManyRequestsException(TooManyRequestsException::builder().build());
        let unverified = MessageRejected::builder()
            .message("Email address is not verified. …")
            .build();
        assert!(mail_refuses(&rejected));
        assert!(!mail_refuses(&SendEmailError::MessageRejected(unverified)));
        assert!(!mail_refuses(&throttled));
        let invalid = PublishError::InvalidParameterException(InvalidParameterException::builder().build());
        let throttled = PublishError::KmsThrottlingException(KmsThrottlingException::builder().build());
        assert!(sms_refuses(&invalid));
        assert!(!sms_refuses(&throttled));
    }

    #[test]
    fn no_answer_is_no_refusal() {
        let error: SdkError<SendEmailError> = SdkError::timeout_error("no answer");
        assert!(matches!(judge(error, mail_refuses), SendError::Unknown(_)));
        let busy = SendEmailError::TooManyRequestsException(TooManyRequestsException::builder().build());
        let answer = HttpResponse::new(429.try_into().unwrap(), SdkBody::empty());
        let error = SdkError::service_error(busy, answer);
        assert_eq!(judge(error, mail_refuses), SendError::Busy("status 429".to_owned()));
    }
}
