"""A managed identity lives on its certificate: `certificates.py renewed | not-renewed`.

Renewed (as a rule): revoking it ends the tokens, and time alone does not. Not renewed, in a world that is served with
`--no-certificate-renewal`: the tokens end on day 90.
"""

import sys

import owner
from world import check, environment, smalt, step

PATH = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/"


def imds_token(query="&bypass_cache=true"):
    """Status and answer of the VM's IMDS; unless told otherwise not from its cache."""
    imds = environment("--vm", "VM1", "-g", owner.GROUP)["SMALT_IMDS"]
    status, _, answer = owner.send("GET", f"{imds}{PATH}{query}", headers={"Metadata": "true"})
    return status, answer


def works(why):
    step(f"a token: {why}")
    status, answer = imds_token()
    check(status == 200, "IMDS answers a token", answer)
    status, _, listed = owner.arm("GET", owner.GROUP_ID + "/resources", bearer=answer["access_token"])
    check(status == 200 and listed["value"], "Resource Manager takes it", listed)


def fails(why, words):
    step(f"no token: {why}")
    status, answer = imds_token()
    check(400 <= status < 500 and answer["error"] == "invalid_client", "4xx invalid_client", (status, answer))
    text = answer["error_description"]
    check("AADSTS700027" in text and words in text, f"AADSTS700027 … {words}", answer)


def thumbprints(principal):
    """What Graph shows of the principal's certificates, newest last."""
    keys = owner.graph("GET", f"/servicePrincipals/{principal}")["keyCredentials"]
    return [key["customKeyIdentifier"] for key in sorted(keys, key=lambda key: key["startDateTime"])]


def renewed(principal):
    first = thumbprints(principal)
    check(len(first) == 1, "one certificate", first)
    works("the certificate is fresh")
    smalt("clock", "advance", "60d")
    works("60 days later")
    later = thumbprints(principal)
    check(later[0] == first[0] and later[-1] not in first, "Graph shows a new thumbprint beside it", (first, later))
    smalt("cert", "revoke", "--principal", principal, "--thumbprint", first[0])
    works("the first certificate is revoked, the VM uses the new one")
    smalt("clock", "advance", "60d")
    works("120 days later")
    smalt("cert", "revoke", "--principal", principal)
    status, _ = imds_token(query="")
    check(status == 200, "a cached token is still answered", status)
    fails("the certificate is revoked", "The key was not found")


def not_renewed(principal):
    first = thumbprints(principal)
    smalt("clock", "advance", "89d")
    works("89 days later")
    check(thumbprints(principal) == first, "the certificate is the first one", first)
    smalt("clock", "advance", "2d")
    fails("91 days later", "expired")


principal = owner.vm("VM1")
owner.let_read(principal)
{"renewed": renewed, "not-renewed": not_renewed}[sys.argv[1]](principal)
