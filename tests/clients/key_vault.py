"""Key Vault with the real Azure CLI, by interception: vaults have names of their own, which nothing else resolves. Secrets,
certificates, an application that signs in with one of them, and a machine whose identity reads a secret.
"""

import json

from callers import OWNER, SUBSCRIPTION, TENANT, sign_in
from owner import GROUP, send, vm
from world import SCRATCH, Way, check, environment, interception, run, clean, step

VAULT = "kv-of-the-clients"
NAMES = ["--vault-name", VAULT]
# Key Vault Administrator, Key Vault Secrets User.
ADMINISTRATOR, SECRETS_USER = "00482a5a-887f-4fb3-b363-3b7fe8e74483", "4633458b-17de-408a-b874-0445c86b69e6"


def assign(way, principal, role, scope):
    who = ["--assignee-object-id", principal, "--assignee-principal-type", "ServicePrincipal"]
    way.az("role", "assignment", "create", *who, "--role", role, "--scope", scope)


def a_vault(way):
    step("az keyvault create, show, list")
    made = way.az("keyvault", "create", "-n", VAULT, "-g", GROUP, "-l", "westeurope").json
    properties = made["properties"]
    check(properties["vaultUri"] == f"https://{VAULT}.vault.azure.net/", "it has an address", properties)
    check(properties["enableRbacAuthorization"] is True, "roles decide", properties)
    listed = way.az("keyvault", "list").json
    check([vault["name"] for vault in listed] == [VAULT], "it is listed", listed)
    refused = way.az("keyvault", "secret", "set", *NAMES, "-n", "s1", "--value", "x", code=1)
    check("ForbiddenByRbac" in refused.err and "secrets/setSecret/action" in refused.err, "an owner may not", refused)
    principal = way.az("ad", "sp", "show", "--id", OWNER["SMALT_CLIENT_ID"]).json["id"]
    assign(way, principal, ADMINISTRATOR, made["id"])
    return made["id"]


def secrets(way):
    step("az keyvault secret set, show, list, list-versions, delete, recover, purge")
    first = way.az("keyvault", "secret", "set", *NAMES, "-n", "s1", "--value", "one").json
    way.az("keyvault", "secret", "set", *NAMES, "-n", "s1", "--value", "two")
    check(way.az("keyvault", "secret", "show", *NAMES, "-n", "s1").json["value"] == "two", "the latest is shown")
    check(way.az("keyvault", "secret", "show", "--id", first["id"]).json["value"] == "one", "so is the first, by its id")
    check(len(way.az("keyvault", "secret", "list-versions", *NAMES, "-n", "s1").json) == 2, "both are listed")
    way.az("keyvault", "secret", "delete", *NAMES, "-n", "s1")
    check(way.az("keyvault", "secret", "list", *NAMES).json == [], "it is gone")
    check([s["name"] for s in way.az("keyvault", "secret", "list-deleted", *NAMES).json] == ["s1"], "it is kept")
    way.az("keyvault", "secret", "recover", *NAMES, "-n", "s1")
    check(way.az("keyvault", "secret", "show", *NAMES, "-n", "s1").json["value"] == "two", "it came back")
    way.az("keyvault", "secret", "set", *NAMES, "-n", "s2", "--value", "x")
    way.az("keyvault", "secret", "delete", *NAMES, "-n", "s2")
    way.az("keyvault", "secret", "purge", *NAMES, "-n", "s2")
    missing = way.az("keyvault", "secret", "show", *NAMES, "-n", "s2", code=3)
    check("SecretNotFound" in missing.err, "what is purged is missed", missing)


def certificates(way):
    step("az keyvault certificate create, show, list, download; az keyvault secret download")
    policy = way.az("keyvault", "certificate", "get-default-policy").json
    made = way.az("keyvault", "certificate", "create", *NAMES, "-n", "c1", "-p", json.dumps(policy)).json
    check(made["status"] == "completed", "it is made", made)
    shown = way.az("keyvault", "certificate", "show", *NAMES, "-n", "c1").json
    check(shown["policy"]["x509CertificateProperties"]["subject"] == "CN=CLIGetDefaultPolicy", "by the policy", shown)
    listed = way.az("keyvault", "certificate", "list", *NAMES).json
    check([c["name"] for c in listed] == ["c1"], "it is listed", listed)
    pfx, public = SCRATCH / "c1.pfx", SCRATCH / "c1.pem"
    way.az("keyvault", "secret", "download", *NAMES, "-n", "c1", "-f", str(pfx), "-e", "base64")
    way.az("keyvault", "certificate", "download", *NAMES, "-n", "c1", "-f", str(public))
    opened = run(["openssl", "pkcs12", "-in", str(pfx), "-passin", "pass:", "-nodes"], clean())
    body = "".join(public.read_text().split("-----")[2].split())
    check("PRIVATE KEY" in opened.out and body in "".join(opened.out.split()), "openssl opens its file", opened)
    again = way.az("keyvault", "certificate", "import", *NAMES, "-n", "c2", "-f", str(pfx)).json
    check(again["cer"] == shown["cer"], "it can be brought back", again)


def log_in(name, client_id, certificate):
    """Signs in with the secret of a certificate as its file."""
    way = Way(name, environment("--intercept"))
    owner.az("keyvault", "secret", "download", *NAMES, "-n", certificate, "-f", str(SCRATCH / f"{name}.pfx"), "-e", "base64")
    pem = SCRATCH / f"{name}.pem"
    run(["openssl", "pkcs12", "-in", str(SCRATCH / f"{name}.pfx"), "-passin", "pass:", "-nodes", "-out", str(pem)], clean())
    who = ["-u", client_id, "--tenant", TENANT, "--certificate", str(pem)]
    return way.az("login", "--service-principal", *who, "--allow-no-subscriptions")


def applications(way):
    step("az ad sp create-for-rbac and az ad app credential reset with --create-cert --keyvault")
    own = ["--create-cert", "--keyvault", VAULT]
    made = way.az("ad", "sp", "create-for-rbac", "-n", "of-the-vault", *own, "--cert", "login").json
    log_in("created", made["appId"], "login")
    way.az("ad", "app", "credential", "reset", "--id", made["appId"], *own, "--cert", "reset")
    log_in("reset", made["appId"], "reset")
    way.az("ad", "sp", "credential", "reset", "--id", made["appId"], "--keyvault", VAULT, "--cert", "c1")
    log_in("existing", made["appId"], "c1")


def a_machine(way, vault):
    step("a managed identity reads a secret with a token of its metadata service")
    principal = vm("VM1")
    metadata = environment("--vm", "VM1", "-g", GROUP)["SMALT_IMDS"]
    query = "api-version=2018-02-01&resource=https%3A%2F%2Fvault.azure.net"
    _, _, token = send("GET", f"{metadata}/metadata/identity/oauth2/token?{query}", headers={"Metadata": "true"})
    address = f"{OWNER['SMALT_VAULT']}/{VAULT}/secrets/s1?api-version=7.4"
    bearer = {"Authorization": f"Bearer {token['access_token']}"}
    status, _, refused = send("GET", address, headers=bearer)
    check(status == 403 and refused["error"]["innererror"]["code"] == "ForbiddenByRbac", "not without a role", refused)
    check("xms_mirid=" in refused["error"]["message"], "it says whose identity it is", refused)
    assign(way, principal, SECRETS_USER, f"{vault}/secrets/s1")
    status, _, secret = send("GET", address, headers=bearer)
    check(status == 200 and secret["value"] == "two", "with one it may", secret)
    status, _, _ = send("GET", address.replace("s1", "c1"), headers=bearer)
    check(status == 403, "at the one secret")


owner = sign_in(interception(), OWNER["SMALT_CLIENT_ID"], OWNER["SMALT_CLIENT_SECRET"])
owner.az("group", "create", "-n", GROUP, "-l", "westeurope")
vault = a_vault(owner)
check(vault.startswith(SUBSCRIPTION), "it is a resource")
secrets(owner)
certificates(owner)
applications(owner)
a_machine(owner, vault)
