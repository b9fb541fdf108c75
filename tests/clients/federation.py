"""Federation with the real Azure CLI: `federation.py custom | intercept`.

An application and a user-assigned identity trust issuers that smalt plays: a CI provider at its real URL, and a cluster.
"""

import json
import sys

from callers import OWNER, SUBSCRIPTION, TENANT, sign_in
from world import Way, check, custom_cloud, interception, smalt, step

AUDIENCE = "api://AzureADTokenExchange"
GITHUB = "https://token.actions.githubusercontent.com"
MAIN = "repo:octo-org/octo-repo:ref:refs/heads/main"
POD = "system:serviceaccount:ns:web"
GROUP = "federation"


def token(issuer, subject, *more):
    return smalt("issuer", "token", "--issuer-name", issuer, "--subject", subject, *more).out.strip()


def log_in(way, name, client_id, federated_token, code=0):
    """Signs in as somebody else's job would: with nothing but a token. The CLI keeps tokens, so each has a home."""
    job = Way(name, way.variables)
    who = ["-u", client_id, "--tenant", TENANT, "--federated-token", federated_token]
    return job, job.az("login", "--service-principal", *who, "--allow-no-subscriptions", code=code)


def credentials_of_an_identity(owner):
    """Answers the identity with a credential for a pod."""
    step("az identity federated-credential create, update, list, show, delete")
    cluster = smalt("issuer", "show", "cluster", "--url").out.strip()
    owner.az("group", "create", "-n", GROUP, "-l", "westeurope")
    identity = owner.az("identity", "create", "-n", "uami", "-g", GROUP).json
    of = ["--identity-name", "uami", "-g", GROUP]
    trust = ["--issuer", cluster, "--audiences", AUDIENCE]
    for n in (1, 2):
        made = owner.az("identity", "federated-credential", "create", *of, "-n", f"fic{n}", *trust, "--subject", f"s{n}").json
        check((made["issuer"], made["subject"], made["audiences"]) == (cluster, f"s{n}", [AUDIENCE]), "it is made", made)
    updated = owner.az("identity", "federated-credential", "update", *of, "-n", "fic1", *trust, "--subject", POD).json
    check(updated["subject"] == POD, "it is changed", updated)
    taken = [*of, "-n", "fic3", *trust, "--subject", POD]
    refused = owner.az("identity", "federated-credential", "create", *taken, code=1)
    check("Issuer and subject combination already exists" in refused.err, "a pair is trusted once", refused)
    owner.az("identity", "federated-credential", "delete", *of, "-n", "fic2", "--yes")
    listed = owner.az("identity", "federated-credential", "list", *of).json
    check([credential["name"] for credential in listed] == ["fic1"], "one is left", listed)
    shown = owner.az("identity", "federated-credential", "show", *of, "-n", "fic1").json
    check(shown == listed[0], "it is shown", shown)
    return identity


def credentials_of_an_application(owner):
    """Answers the client id of an application with a credential for a branch."""
    step("az ad app federated-credential create, list, show, update, delete")
    client_id = owner.az("ad", "app", "create", "--display-name", "ci").json["appId"]
    owner.az("ad", "sp", "create", "--id", client_id)
    smalt("issuer", "create", "github", "--url", GITHUB)
    of = ["--id", client_id]
    wanted = {"name": "main", "issuer": GITHUB, "subject": "s", "description": "the branch", "audiences": [AUDIENCE]}
    made = owner.az("ad", "app", "federated-credential", "create", *of, "--parameters", json.dumps(wanted)).json
    check(made.items() >= wanted.items(), "it is made", made)
    one = [*of, "--federated-credential-id"]
    owner.az("ad", "app", "federated-credential", "update", *one, "main", "--parameters", json.dumps({"subject": MAIN}))
    for name in ("main", made["id"]):
        shown = owner.az("ad", "app", "federated-credential", "show", *one, name).json
        check((shown["id"], shown["subject"]) == (made["id"], MAIN), "it is shown by name and by id", shown)
    other = json.dumps({**wanted, "name": "other"})
    second = owner.az("ad", "app", "federated-credential", "create", *of, "--parameters", other).json
    owner.az("ad", "app", "federated-credential", "delete", *one, second["id"])
    listed = owner.az("ad", "app", "federated-credential", "list", *of).json
    check([credential["name"] for credential in listed] == ["main"], "one is left", listed)
    return client_id


def jobs_sign_in(way, owner, identity, client_id):
    step("az login --federated-token as the identity and as the application")
    principal = owner.az("ad", "sp", "show", "--id", client_id, "--query", "id").json
    for holder in (identity["principalId"], principal):
        who = ["--assignee-object-id", holder, "--assignee-principal-type", "ServicePrincipal"]
        owner.az("role", "assignment", "create", *who, "--role", "Reader", "--scope", SUBSCRIPTION)
    for name, client, federated in [
        ("pod", identity["clientId"], token("cluster", POD)),
        ("branch", client_id, token("github", MAIN, "--lifetime", "5m")),
    ]:
        job, _ = log_in(way, f"{way.name}-{name}", client, federated)
        groups = job.az("group", "list", "--query", "[].name").json
        check(groups == [GROUP], f"the {name} reads", groups)


def others_do_not(way, identity, client_id):
    step("az login --federated-token with what nobody trusts")
    for name, client, federated, code in [
        ("dev", client_id, token("github", "repo:octo-org/octo-repo:ref:refs/heads/dev"), "AADSTS700213"),
        ("case", identity["clientId"], token("cluster", "system:serviceaccount:ns:Web"), "AADSTS7002138"),
        ("audience", client_id, token("github", MAIN, "--audience", "sts.amazonaws.com"), "AADSTS700212"),
        ("issuer", client_id, token("cluster", MAIN), "AADSTS700211"),
    ]:
        _, refused = log_in(way, f"{way.name}-{name}", client, federated, code=1)
        check(f"{code}:" in refused.err, f"{name}: {code}", refused)


way = {"custom": custom_cloud, "intercept": interception}[sys.argv[1]]()
owner = sign_in(way, OWNER["SMALT_CLIENT_ID"], OWNER["SMALT_CLIENT_SECRET"])
identity = credentials_of_an_identity(owner)
client_id = credentials_of_an_application(owner)
jobs_sign_in(way, owner, identity, client_id)
others_do_not(way, identity, client_id)
