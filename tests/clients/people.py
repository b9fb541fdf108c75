"""People sign in to the Azure CLI: by password, by device code, and in a browser; what they may, and what ends it."""

import re
import subprocess
from pathlib import Path

from browser import Browser
from world import AZ, Way, check, clean, custom_cloud, environment, interception, smalt, step

WORLD = environment()
NAME, PASSWORD = WORLD["SMALT_USERNAME"], WORLD["SMALT_PASSWORD"]
BROWSER = {"BROWSER": str(Path(__file__).with_name("browser.py"))}


def is_signed_in(way: Way):
    """The person is who they are, to Resource Manager and to Graph, and the next resource needs no further sign-in."""
    account = way.az("account", "show").json
    check(account["user"] == {"name": NAME, "type": "user"}, "the person is signed in", account)
    way.az("group", "create", "-n", "people", "-l", "westeurope")
    check("people" in [group["name"] for group in way.az("group", "list").json], "groups are listed")
    check(way.az("ad", "signed-in-user", "show").json["userPrincipalName"] == NAME, "Graph knows them")
    vault = way.az("account", "get-access-token", "--resource", "https://vault.azure.net").json
    claims = smalt("token", "decode", vault["accessToken"]).out
    check(NAME in claims and "valid" in claims, "a token for another resource", claims)


def by_password(way):
    step(f"{way.name}: az login -u -p")
    way.az("login", "-u", NAME, f"-p={PASSWORD}")
    is_signed_in(way)
    refused = way.az("login", "-u", NAME, "-p", "wrong", code=1)
    check("AADSTS50126" in refused.err, "a wrong password is refused", refused)


def by_browser(way):
    step(f"{way.name}: az login")
    way.az("login")
    is_signed_in(way)


def by_device_code(way, environ):
    step(f"{way.name}: az login --use-device-code")
    command = [AZ, "login", "--use-device-code"]
    with subprocess.Popen(command, env=clean(**way.variables), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                          stdin=subprocess.DEVNULL, text=True) as az:
        said = az.stderr.readline()
        address, code = re.search(r"open the page (\S+) and enter the code (\S+) to", said).groups()
        _, page = Browser(NAME, environ=environ).enter_device_code(address, code)
        check("You have signed in" in page, "the page says so", page)
        rest = az.stderr.read()
    check(az.returncode == 0, "the CLI is signed in", said + rest)
    is_signed_in(way)


def revoked(way):
    step(f"{way.name}: smalt token revoke")
    smalt("token", "revoke", "--principal", NAME)
    # The CLI understands the challenge; its refresh token is over as well, so the person is asked for.
    answer = way.az("group", "list", code=1)
    check("AADSTS50173" in answer.err and "az login" in answer.err, "the person is to sign in again", answer)
    way.az("logout")


def keys_forgotten(way):
    step(f"{way.name}: smalt keys rotate --forget")
    smalt("keys", "rotate", "--forget")
    # Nothing is asked: the challenge is answered with the refresh token. Graph's tokens it keeps, whatever Graph says.
    way.az("group", "list")
    way.az("logout")


for way in (custom_cloud(), interception()):
    way.variables |= BROWSER
    environ = clean(**way.variables)
    if way.name == "custom":
        way.az("cloud", "register", "-n", "smalt", "--endpoint-resource-manager", WORLD["SMALT_ARM"])
        way.az("cloud", "set", "-n", "smalt")
    else:
        # As a custom cloud MSAL for Python asks for a password's realm at port 443, whatever the port of the authority.
        by_password(way)
    by_browser(way)
    keys_forgotten(way)
    by_device_code(way, environ)
    revoked(way)
