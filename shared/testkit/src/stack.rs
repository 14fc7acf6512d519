//! The copy that is tested.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::Duration;

use client::{Api, Http, Method, Reply};
use serde::Deserialize;

use crate::documents::Documents;
use crate::{Aws, Person};

/// How long an app of a test tries again what is not available: five pauses that double from 200 ms.
const API_PATIENCE: Duration = Duration::from_millis(6_200);

/// Where a running copy is found: what `cargo local up` wrote.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the file")]
pub struct Outputs {
    pub api_url: String,
    pub live_url: String,
    pub docs_url: String,
    pub aws_endpoint: String,
    pub region: String,
    pub stack_name: String,
    pub user_pool_id: String,
    pub user_pool_client_id: String,
    pub stripe_url: String,
    pub logins: Vec<Login>,
}

/// Someone to sign in as.
#[derive(Debug, Clone, Deserialize)]
#[expect(missing_docs, reason = "the names are those of the file")]
pub struct Login {
    pub role: String,
    pub email: String,
    pub password: String,
}

/// A running copy of the platform.
#[derive(Debug)]
pub struct Stack {
    /// Where it is found.
    pub outputs: Outputs,
    http: Http,
    pub(crate) client: client::Aws,
}

impl Stack {
    /// The copy that `TIFFIN_OUTPUTS` names, or else the one that `cargo local up` started.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn get() -> &'static Self {
        static STACK: OnceLock<Stack> = OnceLock::new();
        STACK.get_or_init(|| {
            let given = std::env::vars_os()
                .find(|(name, _)| name == "TIFFIN_OUTPUTS")
                .map(|(_, value)| value);
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
            let path = given.map_or_else(|| root.join(".local/outputs.json"), PathBuf::from);
            let text = std::fs::read_to_string(&path).unwrap_or_else(|error| {
                panic!(
                    "{}: {error}. Start a copy with `cargo local up --detach`, or run `cargo local test`",
                    path.display()
                )
            });
            let outputs: Outputs =
                serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            let http = Http::new().watched(hold_against_documents);
            Self {
                client: client::Aws::new(http.clone(), &outputs.aws_endpoint, &outputs.region),
                http,
                outputs,
            }
        })
    }

    /// The API without a sign-in.
    pub(crate) fn api(&self) -> Api {
        Api::new(self.http.clone(), &self.outputs.api_url, API_PATIENCE)
    }

    /// The emulated AWS.
    #[must_use]
    pub fn aws(&'static self) -> Aws {
        Aws::of(self)
    }

    /// Nobody in particular.
    #[must_use]
    pub fn anonymous(&'static self) -> Person {
        Person::anonymous(self)
    }

    /// A new person of a role: signed up, confirmed by the code in the mail, signed in.
    #[must_use]
    pub fn enrol(&'static self, role: &str) -> Person {
        Person::enrol(self, role)
    }

    /// The operator.
    ///
    /// # Panics
    /// When the copy has none.
    #[must_use]
    pub fn operator(&'static self) -> Person {
        let login = self.outputs.logins.iter().find(|login| login.role == "operator");
        let login = login.unwrap_or_else(|| panic!("the copy was started without its city"));
        Person::sign_in(self, &login.email, &login.password)
    }

    /// Sends a request and reads the answer, whatever it is.
    ///
    /// # Panics
    /// When none comes, or it is of the API and no document describes it.
    #[must_use]
    pub fn send(&self, method: &Method, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let reply = self.http.send(method, url, headers, body);
        reply.unwrap_or_else(|error| panic!("{error}"))
    }
}

/// Demands of every answer of the API that a document describes it.
fn hold_against_documents(method: &Method, url: &str, body: &[u8], reply: &Reply) {
    if let Some(path) = url.strip_prefix(&Stack::get().outputs.api_url)
        && let Some(complaint) = Documents::get().complaint(method.as_str(), path, body, reply)
    {
        panic!("{complaint}\n{}", reply.shown());
    }
}
