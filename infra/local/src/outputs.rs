//! `outputs.json`: where the running copy is found, for people, scripts and tests.

use std::fs;
use std::time::Duration;

use client::{Api, Aws, Http};
use serde::{Deserialize, Serialize};

use crate::failure::{OrFail, Outcome};
use crate::instance::{Instance, write_file};

/// How long what is not served for now is tried again: beyond the minute that most limits count by.
const API_PATIENCE: Duration = Duration::from_secs(90);

/// The addresses and ids of a running copy.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Outputs {
    /// The public HTTP API, without a final slash.
    pub api_url: String,
    /// The WebSocket API.
    pub live_url: String,
    /// The readable description of the API.
    pub docs_url: String,
    /// The AWS emulator.
    pub aws_endpoint: String,
    /// The region that everything is deployed to.
    pub region: String,
    /// The root stack.
    pub stack_name: String,
    /// The pool that holds the users.
    pub user_pool_id: String,
    /// The client of the pool that the API signs in with.
    pub user_pool_client_id: String,
    /// The server that speaks Stripe's API.
    pub stripe_url: String,
    /// One login per role, for local use only.
    pub logins: Vec<Login>,
    /// What the seeded city consists of.
    #[serde(default)]
    pub city: City,
}

/// Someone to sign in as.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// `customer`, `restaurant`, `courier` or `operator`.
    pub role: String,
    /// The e-mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// The seeded city.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct City {
    /// The open restaurants.
    pub restaurant_ids: Vec<String>,
    /// The logins of all approved couriers; the first is also in `logins`.
    pub couriers: Vec<Login>,
}

impl Outputs {
    /// Reads the outputs of a running copy.
    ///
    /// # Errors
    /// When nothing runs.
    pub fn load(instance: &Instance) -> Outcome<Self> {
        let remedy = format!("start the platform with `{}`", instance.command("up"));
        let path = instance.outputs();
        let text = fs::read_to_string(&path).or_fail(format!("Cannot read {}", path.display()), &remedy)?;
        serde_json::from_str(&text).or_fail(format!("Cannot understand {}", path.display()), remedy)
    }

    /// Writes them down, if they are other than what stands there; whoever reads meanwhile finds a whole file.
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(&self, instance: &Instance) -> Outcome {
        let text = serde_json::to_string_pretty(self).or_fail("Cannot write the outputs", "report this as a defect")?;
        let (text, path) = (text + "\n", instance.outputs());
        if fs::read_to_string(&path).is_ok_and(|known| known == text) {
            return Ok(());
        }
        let fresh = path.with_extension("new");
        write_file(&fresh, text)?;
        fs::rename(&fresh, &path).or_fail(
            format!("Cannot write {}", path.display()),
            "check the rights of the folder",
        )
    }

    /// The API without a sign-in.
    pub fn api(&self) -> Api {
        Api::new(Http::new(), &self.api_url, API_PATIENCE)
    }

    /// The AWS emulator.
    pub fn aws(&self) -> Aws {
        Aws::new(Http::new(), &self.aws_endpoint, &self.region)
    }

    /// The login of a role.
    pub fn login(&self, role: &str) -> Option<&Login> {
        self.logins.iter().find(|login| login.role == role)
    }
}
