"""azure-identity and MSAL for Python, unmodified: every class with a person in it, as a custom cloud and by interception."""

import os
import warnings
from pathlib import Path
from urllib.parse import urlencode

import owner
from application import REDIRECT, Application
from browser import Browser
from world import check, environment, step

warnings.simplefilter("ignore", DeprecationWarning)
NAME, PASSWORD = owner.WORLD["SMALT_USERNAME"], owner.WORLD["SMALT_PASSWORD"]
TENANT = owner.WORLD["SMALT_TENANT_ID"]
APP = Application("called")
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
ARM = "https://management.azure.com/.default"


def enter(*way):
    """Replaces the variables of one way in by those of another."""
    for name in owner.WORLD | environment("--intercept"):
        os.environ.pop(name, None)
    os.environ.update(environment(*way))
    os.environ["BROWSER"] = str(Path(__file__).with_name("browser.py"))


def code_of(login, client, scope):
    """The code that a browser brings to the application's address."""
    asked = {"client_id": client, "response_type": "code", "redirect_uri": REDIRECT, "scope": scope}
    return Browser(NAME).authorize(f"{login}/{TENANT}/oauth2/v2.0/authorize?{urlencode(asked)}")["code"]


def credentials(login, cloud):
    """Name and credential of every class, on the platform's own clients where it has them."""
    from azure import identity

    who = {"tenant_id": TENANT, "client_id": APP.client_id, "client_secret": APP.secret}
    if not cloud:
        # MSAL asks for a password's realm at port 443, whatever the authority's port.
        user = {"username": NAME, "password": PASSWORD, "tenant_id": TENANT}
        yield "UsernamePasswordCredential", identity.UsernamePasswordCredential(client_id=CLI, **user)
    enter_code = lambda address, code, _: Browser(NAME).enter_device_code(address, code)
    yield "DeviceCodeCredential", identity.DeviceCodeCredential(prompt_callback=enter_code, **cloud)
    yield "InteractiveBrowserCredential", identity.InteractiveBrowserCredential(**cloud)
    code = code_of(login, APP.client_id, ARM)
    code = {"authorization_code": code, "redirect_uri": REDIRECT}
    yield "AuthorizationCodeCredential", identity.AuthorizationCodeCredential(**who, **code, **cloud)
    called_with = identity.InteractiveBrowserCredential(tenant_id=TENANT, **cloud).get_token(APP.scope).token
    yield "OnBehalfOfCredential", identity.OnBehalfOfCredential(**who, user_assertion=called_with, **cloud)


def works(credential, resource_manager):
    """The token is good for Resource Manager, and is the person's."""
    token = credential.get_token(ARM).token
    status, _, body = owner.send(
        "GET", f"{resource_manager}/subscriptions?api-version=2022-12-01", headers={"Authorization": f"Bearer {token}"}
    )
    check(status == 200 and len(body["value"]) == 1, "the person's subscription is listed", (status, body))


def applications(login, cloud):
    """MSAL's own classes."""
    import msal

    flags = {"instance_discovery": False} if cloud else {}
    authority = f"{login}/organizations"
    public = msal.PublicClientApplication(CLI, authority=authority, **flags)
    step("PublicClientApplication.acquire_token_interactive")
    first = public.acquire_token_interactive([ARM], prompt="select_account")
    check("access_token" in first, "a token", first)
    account = public.get_accounts()[0]
    check(account["username"] == NAME, "the account is the person's", account)
    step("PublicClientApplication.acquire_token_silent: another resource")
    other = public.acquire_token_silent(["https://vault.azure.net/.default"], account)
    check(other and "access_token" in other, "the refresh token is good for another resource", other)
    step("ConfidentialClientApplication.acquire_token_by_auth_code_flow")
    web = msal.ConfidentialClientApplication(APP.client_id, APP.secret, authority=f"{login}/{TENANT}", **flags)
    flow = web.initiate_auth_code_flow(["User.Read"], redirect_uri=REDIRECT)
    signed_in = web.acquire_token_by_auth_code_flow(flow, Browser(NAME).authorize(flow["auth_uri"]))
    check(signed_in["id_token_claims"]["preferred_username"] == NAME, "the id token names the person", signed_in)


for name, way in [("custom cloud", ()), ("interception", ("--intercept",))]:
    enter(*way)
    login = owner.WORLD["SMALT_ENTRA"] if not way else "https://login.microsoftonline.com"
    cloud = {"authority": login, "disable_instance_discovery": True} if not way else {}
    for kind, credential in credentials(login, cloud):
        step(f"{name}: {kind}")
        works(credential, owner.WORLD["SMALT_ARM"])
    applications(login, cloud)
