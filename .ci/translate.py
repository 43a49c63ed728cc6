"""What CloudFormation would make of templates: a JSON list of them on standard input, of translations or refusals on standard output."""

import json
import sys

from samtranslator.model.exceptions import InvalidDocumentException
from samtranslator.translator.transform import transform


class BasicExecution:
    """The managed policy that SAM gives every role; the translator asks for its ARN by name."""

    def load(self):
        name = "AWSLambdaBasicExecutionRole"
        return {name: f"arn:aws:iam::aws:policy/service-role/{name}"}


def translate(template):
    """A template in plain JSON, packaged; what SAM makes of it."""
    return transform(template, {}, BasicExecution())


def attempt(template):
    try:
        return translate(template)
    except InvalidDocumentException as error:
        return {"refused": [each.message for each in error.causes]}


if __name__ == "__main__":
    json.dump([attempt(each) for each in json.load(sys.stdin)], sys.stdout)
