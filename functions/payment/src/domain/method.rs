//! A saved means of payment. A card's number never comes here: the customer's app gives it to the provider, which gives
//! a token for it.

/// The longest token that is taken; the provider's own are about 30 characters.
pub const TOKEN_LENGTH_MAX: usize = 120;

/// The provider's name for a means of payment, such as `pm_card_visa`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderToken(String);

/// What is no token; its text is not repeated, for it may be a card's number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be a token of the payment provider, `pm_` and letters, digits or underscores; never a card number")]
pub struct InvalidProviderToken;

impl ProviderToken {
    /// Reads a token.
    ///
    /// # Errors
    /// When it does not look like one.
    pub fn parse(text: &str) -> Result<Self, InvalidProviderToken> {
        let rest = text.strip_prefix("pm_").ok_or(InvalidProviderToken)?;
        let plain = rest.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
        if rest.is_empty() || text.len() > TOKEN_LENGTH_MAX || !plain {
            return Err(InvalidProviderToken);
        }
        Ok(Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person recognises a card by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// Such as `visa`.
    pub brand: String,
    /// The last four digits.
    pub last4: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn takes_tokens_and_no_card_numbers() {
        for token in ["pm_card_visa", "pm_1PqXyZ2eZvKYlo2C"] {
            assert_eq!(ProviderToken::parse(token).unwrap().as_str(), token);
        }
        let long = format!("pm_{}", "a".repeat(TOKEN_LENGTH_MAX));
        for text in [
            "",
            "pm_",
            "4242424242424242",
            "pm_4242 4242",
            "tok_visa",
            "pm_a/../../v1/refunds",
            "pm_a?x=1",
            "pm_ä",
            &long,
        ] {
            assert_eq!(ProviderToken::parse(text), Err(InvalidProviderToken), "{text}");
        }
    }
}
