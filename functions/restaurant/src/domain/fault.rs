//! What is wrong with a value that a person sent, and where.

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// A JSON pointer into the body.
    pub pointer: String,
    /// Stable, for programs.
    pub code: &'static str,
    /// For people.
    pub message: String,
}

impl Fault {
    /// A fault at a place.
    pub fn new(pointer: impl Into<String>, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            pointer: pointer.into(),
            code,
            message: message.into(),
        }
    }
}

/// Collects faults, so that a person sees all of them at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

/// The most faults that are told at once: nobody reads more, and an answer stays small.
pub const FAULTS_MAX: usize = 50;

impl Faults {
    /// Notes a fault unless `valid`.
    pub fn unless(&mut self, valid: bool, pointer: &str, code: &'static str, message: impl Into<String>) {
        if !valid && self.0.len() < FAULTS_MAX {
            self.0.push(Fault::new(pointer, code, message));
        }
    }

    /// The value, if nothing was noted.
    ///
    /// # Errors
    /// What was noted.
    pub fn into_result<T>(self, value: T) -> Result<T, Vec<Fault>> {
        if self.0.is_empty() { Ok(value) } else { Err(self.0) }
    }
}
