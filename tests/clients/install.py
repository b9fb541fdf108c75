"""Installs one of the clients that the checks drive: `install.py DIRECTORY az|sdk|graph|schemathesis|javascript|rust|chromium`.

Into `DIRECTORY/NAME` and nowhere else; one that is there, as its sources here want it, is left alone. Where it cannot be
done (no npm, no network) the exit code is 1 and the only line says why.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip() or "nothing"
        raise RuntimeError(f"{command[0]} ended with {done.returncode} and said: {said.splitlines()[-1]}")


def python(place, requirements):
    venv.create(place, with_pip=True, clear=True)
    run(str(place / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(requirements))


def javascript(place, project):
    shutil.copytree(project, place, dirs_exist_ok=True)
    run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", cwd=place)


def rust(place, project):
    # A copy is built beside its target directory: the clone itself gets neither that nor a lock file.
    shutil.copytree(project, place, dirs_exist_ok=True)
    run("cargo", "build", "--quiet", "--target-dir", str(place / "target"), cwd=place)


def browser(_, name):
    # A browser is the system's to install: no package registry has one that runs everywhere.
    if not shutil.which(str(name)):
        raise RuntimeError(f"there is no {name} on the path")


def fingerprint(source):
    """Changes when the source does."""
    digest = hashlib.sha256()
    for path in sorted(p for p in [source, *source.rglob("*")] if p.is_file()):
        digest.update(path.read_bytes())
    return digest.hexdigest()


# The CLI and the SDKs want different versions of the same packages, so each has a virtual environment of its own.
CLIENTS = {
    "az": (python, HERE / "requirements-az.txt"),
    "sdk": (python, HERE / "requirements-sdk.txt"),
    "graph": (python, HERE / "requirements-graph.txt"),
    "schemathesis": (python, HERE / "requirements-schemathesis.txt"),
    "javascript": (javascript, HERE / "javascript"),
    "rust": (rust, HERE / "rust"),
    "chromium": (browser, Path("chromium")),
}


def install(directory, name):
    how, source = CLIENTS[name]
    directory.mkdir(parents=True, exist_ok=True)
    # Several tests want the same client at the same time: the first one installs it, the others wait for the lock.
    with open(directory / f"{name}.installed", "a+") as mark:
        fcntl.flock(mark, fcntl.LOCK_EX)
        mark.seek(0)
        if mark.read() == fingerprint(source):
            return
        how(directory / name, source)
        mark.truncate(0)
        mark.write(fingerprint(source))


# What is set for the caller's own project would lead the installers into the wrong place.
for variable in ("CARGO_TARGET_DIR", "PIP_TARGET", "PYTHONHOME", "VIRTUAL_ENV"):
    os.environ.pop(variable, None)
try:
    install(Path(sys.argv[1]).resolve(), sys.argv[2])
except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
    sys.exit(f"{sys.argv[2]} cannot be installed: {error}")
