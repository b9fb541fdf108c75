"""@azure/identity, unmodified: every credential with a person in it, as a custom cloud and by interception."""

from pathlib import Path
from urllib.parse import urlencode

import owner
from application import REDIRECT, Application
from browser import Browser
from world import CLIENTS, check, clean, custom_cloud, interception, step

NAME = owner.WORLD["SMALT_USERNAME"]
TENANT = owner.WORLD["SMALT_TENANT_ID"]
APP = Application("called")
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
# Each with the client whose token it gets.
CLASSES = {
    "UsernamePasswordCredential": CLI,
    "DeviceCodeCredential": CLI,
    "InteractiveBrowserCredential": CLI,
    "AuthorizationCodeCredential": APP.client_id,
    "OnBehalfOfCredential": APP.client_id,
}


def code_of(way, login):
    """The code that a browser brings to the application's address."""
    scope = "https://management.azure.com/.default"
    asked = {"client_id": APP.client_id, "response_type": "code", "redirect_uri": REDIRECT, "scope": scope}
    browser = Browser(NAME, environ=clean(**way.variables))
    return browser.authorize(f"{login}/{TENANT}/oauth2/v2.0/authorize?{urlencode(asked)}")["code"]


for way, login, resource_manager in [
    (custom_cloud(), owner.WORLD["SMALT_ENTRA"], owner.WORLD["SMALT_ARM"]),
    (interception(), "https://login.microsoftonline.com", ""),
]:
    way.variables |= {"BROWSER": str(Path(__file__).with_name("browser.py")), "TENANT": TENANT, "REDIRECT": REDIRECT}
    way.variables |= {"APP_ID": APP.client_id, "APP_SECRET": APP.secret, "APP_SCOPE": APP.scope}
    way.variables |= {"RESOURCE_MANAGER": resource_manager}
    for kind, client in CLASSES.items():
        step(f"{way.name}: {kind}")
        way.variables["CODE"] = code_of(way, login)
        answer = way.run("node", str(CLIENTS / "javascript" / "people.mjs"), kind)
        given = answer.json
        check((given["upn"], given["client"]) == (NAME, client), "the token is the person's, for the client", answer)
        bearer = {"Authorization": f"Bearer {given['token']}"}
        status, _, body = owner.send(
            "GET", f"{owner.WORLD['SMALT_ARM']}/subscriptions?api-version=2022-12-01", headers=bearer
        )
        check(status == 200 and len(body["value"]) == 1, "Resource Manager lets them in", (status, body))
