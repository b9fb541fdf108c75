"""A served world, as a client's script sees it: the three ways in, and the programs that are run on them.

The tests start the server and name it by two variables: SMALT, the program, and SMALT_STATE, its state directory. CLIENTS
is where `install.py` has put the clients.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

PROGRAM = [os.environ["SMALT"], "--state", os.environ["SMALT_STATE"]]
CLIENTS = Path(os.environ["CLIENTS"])
SCRATCH = Path(os.environ["SCRATCH"])
AZ = str(CLIENTS / "az" / "bin" / "az")

# Seconds after which a program hangs. The slowest take one minute on a machine with nothing else to do.
PATIENCE = 600

# What a caller may have set for another cloud, and would be mistaken for a setting of this one.
FOREIGN = ("AZURE_", "ARM_", "SMALT_", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT", "HTTPS_PROXY", "https_proxy")


class Answer:
    """What a program said and how it ended."""

    def __init__(self, command, run):
        self.command, self.code, self.out, self.err = command, run.returncode, run.stdout, run.stderr

    def __str__(self):
        return f"{' '.join(self.command)}\nexit {self.code}\n{self.out}{self.err}"

    @property
    def json(self):
        """The output read as JSON; nothing at all is None, as `az` means it."""
        return json.loads(self.out) if self.out.strip() else None


def run(command, env, code=0):
    """Runs a program and wants it to end with `code`."""
    pipes = {"capture_output": True, "text": True, "stdin": subprocess.DEVNULL}
    try:
        answer = Answer(command, subprocess.run(command, env=env, timeout=PATIENCE, **pipes))
    except subprocess.TimeoutExpired as late:
        sys.exit(f"FAILED: no end after {PATIENCE} seconds: {' '.join(command)}\n{late.stdout}{late.stderr}")
    check(answer.code == code, f"wanted exit code {code}", answer)
    return answer


def smalt(*arguments, code=0):
    """Runs a command of smalt on this world."""
    return run([*PROGRAM, *arguments], clean(), code)


def environment(*arguments):
    """The variables of `smalt env`."""
    return smalt("env", *arguments, "-o", "json").json


def clean(**more):
    """The caller's environment without any cloud in it, and a home of its own."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN)}
    return {**kept, "HOME": str(SCRATCH), "AZURE_CORE_COLLECT_TELEMETRY": "no", **more}


class Way:
    """One of the three ways in: the variables that clients get, and what stands before their command."""

    def __init__(self, name, variables, prefix=()):
        self.name, self.prefix = name, list(prefix)
        self.variables = {**variables, "AZURE_CONFIG_DIR": str(SCRATCH / f"az-{name}")}

    def run(self, *command, code=0):
        """Runs a program that way."""
        return run([*self.prefix, *command], clean(**self.variables), code)

    def az(self, *arguments, code=0):
        """Runs the Azure CLI that way."""
        return self.run(AZ, *arguments, code=code)


def custom_cloud(*options):
    """Clients are told that smalt is a cloud of its own."""
    return Way("custom", environment(*options))


def interception(*options):
    """Clients have no setting but a proxy and a CA."""
    return Way("intercept", environment("--intercept", *options))


def inside(vm, group, variables=()):
    """Clients run in a VM and need no setting at all; what the caller has set for another way in does not disturb them."""
    return Way(f"in-{vm}", dict(variables), [*PROGRAM, "vm", "exec", vm, "-g", group, "--"])


def check(holds, what, evidence=""):
    """Ends the script, with what it saw, unless `holds`."""
    if not holds:
        sys.exit(f"FAILED: {what}\n{evidence}")


def step(text):
    """Says where the script is."""
    print(f"- {text}", flush=True)
