"""A real browser on the sign-in page: `az login`, by authorization code and by device code, with passwords asked for."""

import re
import shutil
import subprocess

from world import AZ, CLIENTS, check, clean, custom_cloud, environment, interception, step

WORLD = environment()
NAME = WORLD["SMALT_USERNAME"]
SCRIPT = CLIENTS / "javascript" / "chromium.mjs"
BROWSER = {"BROWSER": str(SCRIPT), "CHROMIUM": shutil.which("chromium")}


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
        answer = way.run("node", str(SCRIPT), address, code)
        check("You have signed in" in answer.out, "the page says so", answer)
        rest = az.stderr.read()
    check(az.returncode == 0, "the CLI is signed in", said + rest)
    way.az("logout")


for way in (custom_cloud(), interception()):
    way.variables |= BROWSER
    if way.name == "custom":
        way.az("cloud", "register", "-n", "smalt", "--endpoint-resource-manager", WORLD["SMALT_ARM"])
        way.az("cloud", "set", "-n", "smalt")
    by_browser(way)
    by_device_code(way)
