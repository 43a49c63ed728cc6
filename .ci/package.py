"""Packages the template as a deploy would, against the S3 of MOTO_ENDPOINT, and translates what comes out.

Writes to the folder given: packaged.yaml, translated.json (what CloudFormation would make of it) and dist/ (the zip).
"""

import io
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import boto3
from samtranslator.yaml_helper import yaml_parse
from translate import translate

BUCKET = "packages"
FUNCTION = "AWS::Serverless::Function"


def package(packaged):
    """Runs `sam package` and returns the zip that it uploaded."""
    endpoint = os.environ["MOTO_ENDPOINT"]
    s3 = boto3.client("s3", endpoint_url=endpoint)
    s3.create_bucket(Bucket=BUCKET)
    sam = subprocess.run(
        ["sam", "package", "--s3-bucket", BUCKET, "--output-template-file", packaged],
        capture_output=True,
        text=True,
        env={**os.environ, "AWS_ENDPOINT_URL": endpoint},
    )
    if sam.returncode != 0:
        sys.exit(f"sam package: exit {sam.returncode}\n{sam.stdout}{sam.stderr}")
    resources = yaml_parse(packaged.read_text())["Resources"].values()
    uris = {each["Properties"]["CodeUri"] for each in resources if each["Type"] == FUNCTION}
    if len(uris) != 1:
        sys.exit(f"every function is meant to run the same zip, sam package made {sorted(uris)}")
    key = uris.pop().removeprefix(f"s3://{BUCKET}/")
    return s3.get_object(Bucket=BUCKET, Key=key)["Body"].read()


def main(out):
    packaged = out / "packaged.yaml"
    archive = zipfile.ZipFile(io.BytesIO(package(packaged)))
    archive.extractall(out / "dist")
    translated = translate(yaml_parse(packaged.read_text()))
    (out / "translated.json").write_text(json.dumps(translated, indent=2))
    size = sum(each.compress_size for each in archive.infolist())
    print(f"{len(archive.namelist())} files, {size / 1000:.0f} kB zipped; {len(translated['Resources'])} resources")


main(Path(sys.argv[1]))
