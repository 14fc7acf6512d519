"""Makes the templates ready for the emulator: what `sam package` and the SAM transform do on AWS.

The emulator does not apply the SAM transform inside nested stacks, and `sam deploy` refuses child templates on
localhost; nor does it resolve references to secrets there; and with IAM enforced it checks a few calls under other
names than AWS. So this walks from the root template through every nested application, puts each function's code into
an archive, points `CodeUri` at the archive's place in S3, transforms every template, puts local values in the place of
secrets, says grants in the emulator's words, and leaves the upload to the caller.

Reads: the root template and, relative to each template, what it refers to.
Writes: archives and templates into the output folder, named by their content, and a manifest on standard output:
{"root": key, "templates": {name: {"key": .., "parameters": [name]}}, "objects": [{"key": .., "file": ..}]}.
"""

import argparse
import hashlib
import json
import os
import sys
import zipfile
from pathlib import Path

import yaml
from samtranslator.translator.transform import transform
from samtranslator.yaml_helper import yaml_parse

APPLICATION = "AWS::Serverless::Application"
SECRET = "{{resolve:secretsmanager:"
FUNCTION = "AWS::Serverless::Function"
# Where the emulator asks for another action than AWS does, or for a wider resource: the grants get it here, so that the
# templates hold what AWS wants and the functions are still refused everything they were not granted.
EMULATED_ACTIONS = {
    "sns:Publish": "sns:PublishBatch",
    "sqs:SendMessage": "sqs:SendMessageBatch",
    "sqs:DeleteMessage": "sqs:DeleteMessageBatch",
    "sqs:ChangeMessageVisibility": "sqs:ChangeMessageVisibilityBatch",
}
WIDE_ACTIONS = {"ses:SendEmail", "scheduler:CreateSchedule"}
# Archives are compared by content, so their entries carry one fixed date.
EPOCH = (2020, 1, 1, 0, 0, 0)


class NoManagedPolicies:
    """The templates name no managed policy by its short name, so the transform needs no list of them."""

    def load(self):
        return {}


class Packager:
    def __init__(self, out, bucket, endpoint, secrets):
        self.out = out
        self.secrets = secrets
        self.bucket = bucket
        self.endpoint = endpoint
        self.objects = {}
        self.archives = {}
        self.templates = {}

    def template(self, path):
        """Packages and transforms the template at `path`; returns the key it is to be uploaded under."""
        template = yaml_parse(path.read_text())
        for name, resource in (template.get("Resources") or {}).items():
            properties = resource.get("Properties") or {}
            if resource["Type"] == APPLICATION:
                child = self.template((path.parent / properties["Location"]).resolve())
                properties["Location"] = f"{self.endpoint}/{self.bucket}/{child}"
            elif resource["Type"] == FUNCTION:
                properties["CodeUri"] = self.code(path, name, properties, template)
        # Where a template has `Globals.Function.CodeUri`, every function has got its own by now.
        ((template.get("Globals") or {}).get("Function") or {}).pop("CodeUri", None)
        result = transform(template, {}, NoManagedPolicies())
        self.fill_secrets(path, result)
        translate_grants(result)
        admit_plain_http(result)
        key = self.put(path.stem, ".json", json.dumps(result, sort_keys=True, default=str).encode())
        self.templates[path.stem] = {"key": key, "parameters": sorted(template.get("Parameters") or {})}
        return key

    def code(self, path, name, properties, template):
        """Archives a function's code; returns its S3 address."""
        defaults = (template.get("Globals") or {}).get("Function") or {}
        uri = properties.get("CodeUri", defaults.get("CodeUri"))
        if not isinstance(uri, str):
            raise SystemExit(f"{path}: {name} has no CodeUri that names a folder")
        folder = (path.parent / uri).resolve()
        if folder not in self.archives:
            if not (folder / "bootstrap").is_file():
                raise SystemExit(f"{path}: {name} wants {folder}/bootstrap, which was not built")
            archive = self.out / f"{folder.name}.zip"
            with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as writer:
                for file in sorted(item for item in folder.rglob("*") if item.is_file()):
                    entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
                    entry.external_attr = 0o100755 << 16
                    writer.writestr(entry, file.read_bytes())
            digest = hashlib.sha256(archive.read_bytes()).hexdigest()[:16]
            key = f"code/{folder.name}-{digest}.zip"
            self.objects[key] = archive
            self.archives[folder] = f"s3://{self.bucket}/{key}"
        return self.archives[folder]

    def fill_secrets(self, path, template):
        """Puts the local values in the place of the secrets in the functions' environments."""
        for resource in template["Resources"].values():
            variables = ((resource.get("Properties") or {}).get("Environment") or {}).get("Variables") or {}
            for name, value in variables.items() if resource["Type"] == "AWS::Lambda::Function" else ():
                if SECRET in json.dumps(value):
                    if name not in self.secrets:
                        raise SystemExit(f"{path}: no local value is known for the secret {name}")
                    variables[name] = self.secrets[name]

    def put(self, stem, suffix, content):
        """Writes one template for the upload; returns its key."""
        key = f"templates/{stem}-{hashlib.sha256(content).hexdigest()[:16]}{suffix}"
        file = self.out / f"{stem}{suffix}"
        file.write_bytes(content)
        self.objects[key] = file
        return key


def translate_grants(template):
    """Says the grants of the roles in the emulator's words."""
    roles = (resource for resource in template["Resources"].values() if resource["Type"] == "AWS::IAM::Role")
    for policy in (policy for role in roles for policy in role["Properties"].get("Policies") or []):
        for statement in policy["PolicyDocument"]["Statement"]:
            # A statement may hang on a condition of the template (`Fn::If`); none of those matters here.
            if statement.get("Effect") != "Allow" or "Action" not in statement:
                continue
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            statement["Action"] = actions + [EMULATED_ACTIONS[name] for name in actions if name in EMULATED_ACTIONS]
            if WIDE_ACTIONS.intersection(actions):
                statement["Resource"] = "*"
                statement.pop("Condition", None)


def admit_plain_http(template):
    """Leaves out what refuses calls without TLS: the emulator speaks plain HTTP."""
    for name, resource in list(template["Resources"].items()):
        if resource["Type"] != "AWS::S3::BucketPolicy":
            continue
        document = resource["Properties"]["PolicyDocument"]
        tls_only = {"Bool": {"aws:SecureTransport": "false"}}
        document["Statement"] = [one for one in document["Statement"] if one.get("Condition") != tls_only]
        if not document["Statement"]:
            del template["Resources"][name]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--template", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--endpoint", required=True)
    parser.add_argument("--region", required=True)
    parser.add_argument("--secret", action="append", default=[], metavar="VARIABLE=VALUE")
    arguments = parser.parse_args()
    os.environ["AWS_DEFAULT_REGION"] = arguments.region
    arguments.out.mkdir(parents=True, exist_ok=True)
    secrets = dict(secret.split("=", 1) for secret in arguments.secret)
    packager = Packager(arguments.out, arguments.bucket, arguments.endpoint, secrets)
    try:
        root = packager.template(arguments.template.resolve())
    except (OSError, yaml.YAMLError) as error:
        raise SystemExit(f"{error}") from error
    manifest = {
        "root": root,
        "templates": packager.templates,
        "objects": [{"key": key, "file": str(file)} for key, file in packager.objects.items()],
    }
    json.dump(manifest, sys.stdout)


if __name__ == "__main__":
    main()
