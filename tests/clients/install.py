"""Installs the clients that the checks drive, under `target/clients/` and nowhere else: `install.py DIRECTORY`.

What is there already, in the wanted versions, is left alone. Each client is installed for itself; one that cannot be
(no npm, no network) is reported on its line as `missing NAME: why`, one that can as `ready NAME`.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).parent
TARGET = Path(sys.argv[1]).resolve()


def run(*command, cwd=None):
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        last = (done.stderr.strip() or done.stdout.strip() or "no word").splitlines()[-1]
        raise RuntimeError(f"{command[0]} said: {last}")


def python(place, requirements):
    """A virtual environment. The CLI and the SDKs want different versions of the same packages, so each has its own."""
    shutil.rmtree(place, ignore_errors=True)
    # Its own interpreter, so that it does not matter which one runs this.
    venv.create(place, with_pip=True)
    run(str(place / "bin" / "pip"), "install", "-q", "--disable-pip-version-check", "-r", str(requirements))


def javascript(place):
    shutil.copytree(HERE / "javascript", place, dirs_exist_ok=True)
    run("npm", "install", "--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", cwd=place)


def rust(place):
    # Built beside its copy: the clone itself gets neither a lock file nor a target directory.
    shutil.copytree(HERE / "rust", place, dirs_exist_ok=True)
    run("cargo", "build", "--quiet", "--target-dir", str(place / "target"), cwd=place)


def wanted(sources):
    """Changes when a source or this script does."""
    digest = hashlib.sha256()
    for path in sorted(p for source in [HERE / "install.py", *sources] for p in [source, *source.rglob("*")]):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def install(name, how, *sources):
    place, mark = TARGET / name, TARGET / f"{name}.installed"
    if mark.exists() and mark.read_text() == wanted(sources):
        return
    place.mkdir(parents=True, exist_ok=True)
    how(place)
    mark.write_text(wanted(sources))


CLIENTS = {
    "az": (lambda place: python(place, HERE / "requirements-az.txt"), HERE / "requirements-az.txt"),
    "sdk": (lambda place: python(place, HERE / "requirements-sdk.txt"), HERE / "requirements-sdk.txt"),
    "javascript": (javascript, HERE / "javascript"),
    "rust": (rust, HERE / "rust"),
}

# A tool configured for the caller's own project would install into the wrong place.
for variable in ("CARGO_TARGET_DIR", "PIP_TARGET", "PYTHONHOME", "VIRTUAL_ENV"):
    os.environ.pop(variable, None)
for name, (how, *sources) in CLIENTS.items():
    try:
        install(name, how, *sources)
        print(f"ready {name}", flush=True)
    except (OSError, RuntimeError, subprocess.CalledProcessError) as error:
        print(f"missing {name}: {error}", flush=True)
