//! The templates and the code, made ready for the emulator by `python/package.py` and uploaded to its S3.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::failure::{Failure, OrFail, Outcome};
use crate::instance::{Instance, REGION};
use crate::python::Environment;
use crate::secrets;

/// The bucket that templates and code are deployed from.
pub const BUCKET: &str = "tiffin-artefacts";

/// What was packaged.
#[derive(Debug, Deserialize)]
pub struct Package {
    root: String,
    templates: BTreeMap<String, Template>,
    objects: Vec<Object>,
}

/// A template in S3.
#[derive(Debug, Deserialize)]
pub struct Template {
    key: String,
    /// The names of its parameters.
    pub parameters: Vec<String>,
}

#[derive(Debug, Deserialize)]
struct Object {
    key: String,
    file: PathBuf,
}

impl Package {
    /// Packages everything that `template` refers to and uploads it.
    ///
    /// # Errors
    /// When a template is wrong, a program is missing, or the emulator does not answer.
    pub fn upload(instance: &Instance, tools: &Environment, template: &Path) -> Outcome<Self> {
        let what = "Packaging the templates failed";
        let remedy = "correct the template; `cargo local test` lints all of them";
        let mut command = tools.program("python");
        command
            .arg(instance.root.join("infra/local/python/package.py"))
            .arg("--template")
            .arg(template)
            .arg("--out")
            .arg(instance.state().join("package"))
            .args([
                "--bucket",
                BUCKET,
                "--endpoint",
                &instance.endpoint(),
                "--region",
                REGION,
            ])
            .args(["--secret", &format!("CURSOR_KEY={}", secrets::CURSOR_KEY)])
            .args(["--secret", &format!("STRIPE_SECRET_KEY={}", secrets::STRIPE_KEY)])
            .args([
                "--secret",
                &format!("STRIPE_WEBHOOK_SECRET={}", secrets::WEBHOOK_SECRET),
            ]);
        let output = command
            .output()
            .or_fail(what, "remove the folder .local/venv and try again")?;
        if !output.status.success() {
            let errors = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Failure::new(what, errors, remedy));
        }
        let package: Self = serde_json::from_slice(&output.stdout).or_fail(what, "report this as a defect")?;
        let aws = instance.aws();
        aws.create_bucket(BUCKET)?;
        for object in &package.objects {
            let contents = fs::read(&object.file).or_fail(what, "check the rights and the space of the disk")?;
            aws.put_object(BUCKET, &object.key, &contents)?;
        }
        Ok(package)
    }

    /// Where the emulator finds the root template.
    pub fn root_url(&self, instance: &Instance) -> String {
        url(instance, &self.root)
    }

    /// The names of the parameters of the root template.
    pub fn root_parameters(&self) -> &[String] {
        self.templates
            .values()
            .find(|template| template.key == self.root)
            .map_or(&[], |template| &template.parameters)
    }
}

fn url(instance: &Instance, key: &str) -> String {
    format!("{}/{BUCKET}/{key}", instance.endpoint())
}
