"""MSAL for JavaScript, unmodified: every way to a token, as a custom cloud and inside a VM; the application is
`javascript/msal.mjs`. By itself MSAL asks no proxy, so that it cannot be intercepted by one.
"""

from pathlib import Path
from urllib.parse import urlencode

import owner
from application import REDIRECT, Application
from browser import Browser
from world import CLIENTS, check, clean, custom_cloud, inside, interception, step

TENANT, CLIENT = owner.WORLD["SMALT_TENANT_ID"], owner.WORLD["SMALT_CLIENT_ID"]
NAME = owner.WORLD["SMALT_USERNAME"]
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
PRINCIPAL = owner.vm("VM1")
PEM, _ = owner.certificate()
FEDERATED_TOKEN = owner.federated_token("system:serviceaccount:ns:web")
APP = Application("called")
APP.grant_wish()
ASKED = {"client_id": APP.client_id, "response_type": "code", "redirect_uri": REDIRECT}
# What each way to a token ends with: claims of the token.
KINDS = {
    "secret": {"appid": CLIENT, "appidacr": "1"},
    "certificate": {"appid": CLIENT, "appidacr": "2"},
    "assertion": {"appid": CLIENT, "appidacr": "2"},
    "device": {"appid": CLI, "upn": NAME},
    "password": {"appid": CLI, "upn": NAME},
    "code": {"appid": APP.client_id, "upn": NAME},
    "silent": {"appid": CLI, "upn": NAME, "aud": "https://graph.microsoft.com"},
    "behalf": {"appid": APP.client_id, "upn": NAME},
    "identity": {"oid": PRINCIPAL},
}

# How the application gets in, and how the person's browser does.
custom = custom_cloud("--vm", "VM1", "-g", owner.GROUP)
for way, beside, login in [
    (custom, custom, owner.WORLD["SMALT_ENTRA"]),
    (inside("VM1", owner.GROUP), interception(), "https://login.microsoftonline.com"),
]:
    way.variables |= {"AUTHORITY": f"{login}/{TENANT}", "BROWSER": str(Path(__file__).with_name("browser.py"))}
    way.variables |= {"CLIENT_ID": CLIENT, "CLIENT_SECRET": owner.WORLD["SMALT_CLIENT_SECRET"]}
    way.variables |= {"CERTIFICATE_PEM": str(PEM), "FEDERATED_TOKEN": str(FEDERATED_TOKEN)}
    way.variables |= {"APP_ID": APP.client_id, "APP_SECRET": APP.secret, "APP_SCOPE": APP.scope, "REDIRECT": REDIRECT}
    way.variables |= {name: owner.WORLD[name] for name in ("SMALT_USERNAME", "SMALT_PASSWORD")}
    authorize = f"{login}/{TENANT}/oauth2/v2.0/authorize?" + urlencode(ASKED | {"scope": "https://management.azure.com/.default"})

    def ask(kind):
        return way.run("node", str(CLIENTS / "javascript" / "msal.mjs"), kind).json

    for kind, claims in KINDS.items():
        step(f"{way.name}: {kind}")
        way.variables["CODE"] = Browser(NAME, environ=clean(**beside.variables)).authorize(authorize)["code"]
        said = ask(kind)
        check(claims.items() <= said.items(), f"the token says {claims}", said)
    step(f"{way.name}: a wrong secret")
    check("AADSTS7000215" in ask("wrong").get("error", ""), "refused by its code")
