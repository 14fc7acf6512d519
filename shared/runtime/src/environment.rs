//! Configuration: environment variables, read once at the start.

use std::collections::HashMap;

use kernel::SignedDuration;

/// The environment of a function.
#[derive(Clone, Default)]
pub struct Environment(HashMap<String, String>);

/// A variable that the function cannot do without.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the environment variable {name} {problem}; the function's template sets it")]
pub struct MissingVariable {
    name: String,
    problem: &'static str,
}

impl Environment {
    /// The process's environment.
    #[must_use]
    pub fn of_process() -> Self {
        Self(std::env::vars().collect())
    }

    /// A variable.
    ///
    /// # Errors
    /// When it is not set or empty.
    pub fn var(&self, name: &str) -> Result<&str, MissingVariable> {
        self.optional(name).ok_or_else(|| MissingVariable {
            name: name.to_owned(),
            problem: "is not set",
        })
    }

    /// A variable that may be missing; an empty one counts as missing.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A variable that holds whole seconds.
    ///
    /// # Errors
    /// When it is not set or no positive whole number.
    pub fn seconds(&self, name: &str) -> Result<SignedDuration, MissingVariable> {
        let seconds = self.var(name)?.parse::<u32>().ok().filter(|seconds| *seconds > 0);
        let problem = "is not a positive number of seconds";
        let seconds = seconds.ok_or_else(|| MissingVariable {
            name: name.to_owned(),
            problem,
        })?;
        Ok(SignedDuration::from_secs(i64::from(seconds)))
    }
}

impl<'a> FromIterator<(&'a str, &'a str)> for Environment {
    fn from_iter<I: IntoIterator<Item = (&'a str, &'a str)>>(variables: I) -> Self {
        let owned = |(name, value): (&str, &str)| (name.to_owned(), value.to_owned());
        Self(variables.into_iter().map(owned).collect())
    }
}

impl<const N: usize> From<[(&str, &str); N]> for Environment {
    fn from(variables: [(&str, &str); N]) -> Self {
        variables.into_iter().collect()
    }
}

/// Some values are secrets, so only the names are shown.
impl std::fmt::Debug for Environment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_missing() {
        let environment = Environment::from([("EMPTY", ""), ("TIME", "45"), ("WORD", "soon"), ("NONE", "0")]);
        assert_eq!(environment.seconds("TIME"), Ok(SignedDuration::from_secs(45)));
        for name in ["EMPTY", "ABSENT", "WORD", "NONE"] {
            let error = environment.seconds(name).unwrap_err();
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
