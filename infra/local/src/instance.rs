//! One running copy of the platform: its ports and the folder that holds its state.
//!
//! Copies with different ports share nothing but the compiled programs and the Python environments, so that tests can
//! run beside the copy one is working with.

use std::path::{Path, PathBuf};

use client::{Aws, Http};

use crate::failure::{Failure, OrFail, Outcome};

/// The port of the AWS emulator when none is asked for.
pub const DEFAULT_PORT: u16 = 4566;

/// The region everything is deployed to.
pub const REGION: &str = "eu-west-1";

/// The name of the root stack.
pub const STACK: &str = "tiffin";

/// A copy of the platform, told apart from others by its port.
///
/// It takes three ports in a row: the AWS emulator's, then localstripe's, then the fault proxy's.
#[derive(Debug, Clone)]
pub struct Instance {
    /// The folder of the repository.
    pub root: PathBuf,
    /// The port of the AWS emulator.
    pub port: u16,
}

impl Instance {
    /// The copy at `port`, of the repository that the working directory is in.
    ///
    /// # Errors
    /// When the working directory is in no copy of the repository.
    pub fn locate(port: u16) -> Outcome<Self> {
        let here =
            std::env::current_dir().or_fail("Cannot tell the working directory", "change into the repository")?;
        let root = here
            .ancestors()
            .find(|folder| folder.join("infra/local/Cargo.toml").is_file());
        let root = root.ok_or_else(|| {
            Failure::new(
                "This is not the repository",
                format!("no parent of {} has infra/local/Cargo.toml", here.display()),
                "change into the repository and try again",
            )
        })?;
        Ok(Self {
            root: root.to_path_buf(),
            port,
        })
    }

    /// The port of the server that speaks Stripe's API.
    pub fn stripe_port(&self) -> u16 {
        self.port + 1
    }

    /// The port of the fault proxy, if one is started.
    pub fn fault_port(&self) -> u16 {
        self.port + 2
    }

    /// Where the AWS emulator answers.
    pub fn endpoint(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// The AWS emulator.
    pub fn aws(&self) -> Aws {
        Aws::new(Http::new(), &self.endpoint(), REGION)
    }

    /// Where localstripe answers.
    pub fn stripe_url(&self) -> String {
        format!("http://localhost:{}", self.stripe_port())
    }

    /// The folder of everything local, shared by all copies.
    pub fn local(&self) -> PathBuf {
        self.root.join(".local")
    }

    /// The folder of this copy's state.
    pub fn state(&self) -> PathBuf {
        self.local().join(self.port.to_string())
    }

    /// The folder of this copy's logs.
    pub fn logs(&self) -> PathBuf {
        self.state().join("logs")
    }

    /// The log file of one of the programs.
    pub fn log(&self, program: &str) -> PathBuf {
        self.logs().join(format!("{program}.log"))
    }

    /// What the user and the tests read: `.local/outputs.json`, or `.local/<port>/outputs.json` for another port.
    pub fn outputs(&self) -> PathBuf {
        if self.port == DEFAULT_PORT {
            self.local().join("outputs.json")
        } else {
            self.state().join("outputs.json")
        }
    }

    /// How to call this program for this copy; for messages.
    pub fn command(&self, command: &str) -> String {
        let port = if self.port == DEFAULT_PORT {
            String::new()
        } else {
            format!(" --port {}", self.port)
        };
        format!("cargo local {command}{port}")
    }
}

/// Makes a folder and its parents.
///
/// # Errors
/// When the file system refuses.
pub fn make_folder(folder: &Path) -> Outcome {
    std::fs::create_dir_all(folder).or_fail(
        format!("Cannot make the folder {}", folder.display()),
        "check the rights and the space of the disk",
    )
}

/// Writes a file, making its folder.
///
/// # Errors
/// When the file system refuses.
pub fn write_file(path: &Path, contents: impl AsRef<[u8]>) -> Outcome {
    if let Some(folder) = path.parent() {
        make_folder(folder)?;
    }
    std::fs::write(path, contents).or_fail(
        format!("Cannot write {}", path.display()),
        "check the rights and the space of the disk",
    )
}
