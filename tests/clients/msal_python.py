"""MSAL for Python, unmodified: what its classes do for applications, devices and managed identities, as a custom cloud and by
interception. Its classes with a browser are in `people_python.py`.
"""

import os

import jwt
import msal
import owner
import requests
from application import Application
from browser import Browser
from world import check, environment, step

ARM = "https://management.azure.com/.default"
TENANT, CLIENT = owner.WORLD["SMALT_TENANT_ID"], owner.WORLD["SMALT_CLIENT_ID"]
NAME, PASSWORD = owner.WORLD["SMALT_USERNAME"], owner.WORLD["SMALT_PASSWORD"]
CLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"
PRINCIPAL = owner.vm("VM1")
PEM, PFX = owner.certificate()
FEDERATED_TOKEN = owner.federated_token("system:serviceaccount:ns:web")
APP = Application("called")
APP.grant_wish()
# What MSAL takes for a proof of the application. It signs with PS256 where it computes the thumbprint itself.
PROOFS = {
    "secret": owner.WORLD["SMALT_CLIENT_SECRET"],
    "certificate, PFX": {"private_key_pfx_path": str(PFX), "passphrase": owner.PASSWORD},
    "certificate with its chain": {"private_key_pfx_path": str(PFX), "passphrase": owner.PASSWORD, "public_certificate": True},
    "certificate, PEM": {"private_key": PEM.read_text(), "public_certificate": PEM.read_text()},
    "federated assertion": {"client_assertion": FEDERATED_TOKEN.read_text()},
}


def claims(answer):
    """What the access token says."""
    check("access_token" in answer, "a token", answer)
    return jwt.decode(answer["access_token"], options={"verify_signature": False})


def applications(login, flags):
    authority = f"{login}/{TENANT}"
    for proof, credential in PROOFS.items():
        step(f"ConfidentialClientApplication.acquire_token_for_client, {proof}")
        client = msal.ConfidentialClientApplication(CLIENT, credential, authority=authority, **flags)
        first = client.acquire_token_for_client([ARM])
        check(claims(first)["appid"] == CLIENT, "the application's token", first)
        again = client.acquire_token_for_client([ARM])
        check(again["token_source"] == "cache" and again["access_token"] == first["access_token"], "kept", again)
    step("ConfidentialClientApplication, a wrong secret")
    client = msal.ConfidentialClientApplication(CLIENT, "wrong", authority=authority, **flags)
    refused = client.acquire_token_for_client([ARM])
    check(refused["error"] == "invalid_client" and refused["error_codes"] == [7000215], "refused by its code", refused)


def people(login, flags, with_password):
    public = msal.PublicClientApplication(CLI, authority=f"{login}/{TENANT}", **flags)
    step("PublicClientApplication.acquire_token_by_device_flow")
    flow = public.initiate_device_flow([ARM])
    Browser(NAME).enter_device_code(flow["verification_uri"], flow["user_code"])
    by_device = public.acquire_token_by_device_flow(flow)
    check(claims(by_device)["upn"] == NAME, "the person's token", by_device)
    if with_password:
        step("PublicClientApplication.acquire_token_by_username_password")
        check(claims(public.acquire_token_by_username_password(NAME, PASSWORD, [ARM]))["upn"] == NAME, "by password")
    step("PublicClientApplication.acquire_token_by_refresh_token")
    exchanged = public.acquire_token_by_refresh_token(by_device["refresh_token"], ["https://graph.microsoft.com/.default"])
    check(claims(exchanged)["aud"].startswith("https://graph.microsoft.com"), "a token for another resource", exchanged)
    step("ConfidentialClientApplication.acquire_token_on_behalf_of")
    # The person signs in to the application, which then asks on.
    flow = public.initiate_device_flow([APP.scope])
    Browser(NAME).enter_device_code(flow["verification_uri"], flow["user_code"])
    called_with = public.acquire_token_by_device_flow(flow)
    middle = msal.ConfidentialClientApplication(APP.client_id, APP.secret, authority=f"{login}/{TENANT}", **flags)
    passed_on = middle.acquire_token_on_behalf_of(called_with["access_token"], [ARM])
    said = claims(passed_on)
    check((said["upn"], said["appid"]) == (NAME, APP.client_id), "the person's token, for the application", said)


def managed_identities():
    step("ManagedIdentityClient")
    client = msal.ManagedIdentityClient(msal.SystemAssignedManagedIdentity(), http_client=requests.Session())
    given = client.acquire_token_for_client(resource="https://management.azure.com")
    check(claims(given)["oid"] == PRINCIPAL, "the VM's token", given)
    stranger = msal.UserAssignedManagedIdentity(client_id=CLIENT)
    client = msal.ManagedIdentityClient(stranger, http_client=requests.Session())
    refused = client.acquire_token_for_client(resource="https://management.azure.com")
    check("Identity not found" in refused.get("error_description", ""), "no identity of that name", refused)


for name, way in [("custom cloud", ()), ("interception", ("--intercept",))]:
    step(name)
    for variable in owner.WORLD | environment("--intercept"):
        os.environ.pop(variable, None)
    os.environ.update(environment(*way, "--vm", "VM1", "-g", owner.GROUP))
    login = owner.WORLD["SMALT_ENTRA"] if not way else "https://login.microsoftonline.com"
    flags = {} if way else {"instance_discovery": False}
    applications(login, flags)
    # MSAL asks for a password's realm at port 443, whatever the authority's port.
    people(login, flags, with_password=bool(way))
    managed_identities()
