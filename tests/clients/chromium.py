"""A real browser on the sign-in page: `az login`, by authorization code and by device code, with passwords asked for."""

import re
import subprocess

from world import AZ, CLIENTS, check, clean, custom_cloud, environment, interception, step

WORLD = environment()
NAME = WORLD["SMALT_USERNAME"]
CHROMIUM = CLIENTS / "javascript" / "chromium.mjs"
# The browser brings the libraries that it needs, for where it believes itself to be; it is unpacked in the scratch directory.
PACKED_FOR = {"AWS_LAMBDA_JS_RUNTIME": "nodejs22.x", "BROWSER": str(CHROMIUM)}


def by_browser(way):
    step(f"{way.name}: az login")
    way.az("login")
    check(way.az("account", "show").json["user"]["name"] == NAME, "the person is signed in")
    way.az("group", "list")
    way.az("logout")


def by_device_code(way):
    step(f"{way.name}: az login --use-device-code")
    command = [AZ, "login", "--use-device-code"]
    pipes = {"stderr": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stdin": subprocess.DEVNULL, "text": True}
    with subprocess.Popen(command, env=clean(**way.variables), **pipes) as az:
        said = az.stderr.readline()
        address, code = re.search(r"open the page (\S+) and enter the code (\S+) to", said).groups()
        answer = way.run("node", str(CHROMIUM), address, code)
        check("You have signed in" in answer.out, "the page says so", answer)
        rest = az.stderr.read()
    check(az.returncode == 0, "the CLI is signed in", said + rest)
    way.az("logout")


for way in (custom_cloud(), interception()):
    way.variables |= PACKED_FOR | {"TMPDIR": clean()["HOME"]}
    if way.name == "custom":
        way.az("cloud", "register", "-n", "smalt", "--endpoint-resource-manager", WORLD["SMALT_ARM"])
        way.az("cloud", "set", "-n", "smalt")
    by_browser(way)
    by_device_code(way)
