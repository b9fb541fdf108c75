"""Schemathesis, with the published OpenAPI of the metadata service in hand, finds no failure of the server and no answer
against the schema.

The document is not part of smalt: SMALT_IMDS_OPENAPI tells where it is. Without it the check says so and passes.
"""

import json
import os
import sys

import owner
from world import CLIENTS, SCRATCH, check, clean, environment, run, step

CHECKS = "not_a_server_error,response_schema_conformance,status_code_conformance,content_type_conformance"

document = os.environ.get("SMALT_IMDS_OPENAPI")
if not document:
    print("skipped: SMALT_IMDS_OPENAPI is not set")
    sys.exit()

owner.vm("VM1")
imds = environment("--vm", "VM1", "-g", owner.GROUP)["SMALT_IMDS"]

step("the document as it is, with one api-version, and error codes as open as its own extension calls them (modelAsString)")
with open(document, encoding="utf-8") as file:
    specification = json.load(file)


def open_lists(schema):
    """Takes away the lists of values that may grow. Entra's codes, which are passed on, are not in them."""
    if isinstance(schema, dict):
        if schema.get("x-ms-enum", {}).get("modelAsString"):
            del schema["enum"]
    for part in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        open_lists(part)


open_lists(specification["definitions"])
# A made-up version is refused before anything else is looked at: the version is a given, so that the rest is tested.
specification["parameters"]["ApiVersionParameter"]["enum"] = [specification["info"]["version"]]
prepared = SCRATCH / "imds-openapi.json"
prepared.write_text(json.dumps(specification))

# Verbs are left to the tests of smalt itself: without the header, which the document does not declare for the list of
# versions, every verb is refused for the lack of it.
# It leaves notes where it runs.
os.chdir(SCRATCH)
step("examples, edges and made-up requests")
found = run(
    [
        str(CLIENTS / "schemathesis" / "bin" / "schemathesis"), "run", str(prepared), "--url", f"{imds}/metadata",
        "--checks", CHECKS, "--max-examples", "100", "--seed", "7", "--phases", "examples,coverage,fuzzing",
    ],
    clean(NO_COLOR="1"),
)
check(" generated, " in found.out, "schemathesis has asked something", found)
