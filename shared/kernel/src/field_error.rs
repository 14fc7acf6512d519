//! Errors of the fields of a request, collected so that a person sees all of them at once.

/// One field with a value that is not accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldError {
    /// Where it is in the body, as a JSON pointer (RFC 6901).
    pub pointer: String,
    /// What is wrong with it, for programs: a code that stays.
    pub code: &'static str,
    /// The same for people.
    pub message: String,
}

impl FieldError {
    /// An error at a place.
    pub fn new(pointer: impl std::fmt::Display, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.to_string(),
            code,
            message: message.into(),
        }
    }
}

/// The errors of one request, at most [`FIELD_ERRORS_MAX`].
#[derive(Debug, Default)]
pub struct FieldErrors(Vec<FieldError>);

/// The most errors that are told at once: nobody reads more, and an answer stays small.
pub const FIELD_ERRORS_MAX: usize = 50;

impl FieldErrors {
    /// Adds an error unless `valid`.
    pub fn unless(&mut self, valid: bool, pointer: &str, code: &'static str, message: impl Into<String>) {
        if !valid && self.0.len() < FIELD_ERRORS_MAX {
            self.0.push(FieldError::new(pointer, code, message));
        }
    }

    /// The value, if there are no errors.
    ///
    /// # Errors
    /// The errors that were added.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<FieldError>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}
