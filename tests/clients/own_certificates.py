"""Certificates that an application brings along, with the real Azure CLI and openssl: made by the CLI, made elsewhere,
used, ended; and those that smalt makes for managed identities, checked from outside.
"""

from callers import SUBSCRIPTION_ID, TENANT, Application, owner
from world import SCRATCH, Way, check, clean, custom_cloud, run, smalt, step

GROUP = "certificates"


def openssl(*arguments, code=0):
    return run(["openssl", *map(str, arguments)], clean(), code)


def certificate(name, days):
    """Makes a self-signed certificate; answers its files: public in PEM and DER, and private with public."""
    key, pem, der, both = (SCRATCH / f"{name}.{kind}" for kind in ("key", "crt", "der", "pem"))
    openssl("req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", pem, "-subj", f"/CN={name}", "-days", days, "-nodes")
    openssl("x509", "-in", pem, "-outform", "DER", "-out", der)
    both.write_text(key.read_text() + pem.read_text())
    return pem, der, both


def log_in(name, client_id, file, code=0):
    way = Way(name, custom_cloud().variables)
    who = ["-u", client_id, "--tenant", TENANT, "--certificate", str(file)]
    return way.az("login", "--service-principal", *who, "--allow-no-subscriptions", code=code)


def certificates(way, what, client_id):
    """Subjects of an application's or a principal's certificates."""
    listed = way.az("ad", what, "credential", "list", "--id", client_id, "--cert").json
    return sorted(credential["displayName"] for credential in listed)


def made_by_the_cli(way, application):
    step("az ad app and az ad sp credential reset --create-cert")
    for what in ("app", "sp"):
        reset = ["ad", what, "credential", "reset", "--id", application.client_id, "--create-cert"]
        file = way.az(*reset).json["fileWithCertAndPrivateKey"]
        check(certificates(way, what, application.client_id) == ["CN=CLI-Login"], f"the {what} has it")
        log_in(f"made-{what}", application.client_id, file)
        # What other clients want: the same in one file with a password, and back.
        pfx, back = SCRATCH / f"{what}.pfx", SCRATCH / f"{what}.pem"
        openssl("pkcs12", "-export", "-in", file, "-out", pfx, "-passout", "pass:between-tests")
        openssl("pkcs12", "-in", pfx, "-out", back, "-passin", "pass:between-tests", "-nodes")
        log_in(f"back-{what}", application.client_id, back)


def made_elsewhere(way, application):
    step("az ad app credential reset --cert @file --append, PEM and DER")
    for name, form in [("pem", 0), ("der", 1)]:
        files = certificate(name, 30)
        reset = ["ad", "app", "credential", "reset", "--id", application.client_id, "--append"]
        way.az(*reset, "--cert", f"@{files[form]}")
        log_in(f"own-{name}", application.client_id, files[2])
    listed = certificates(way, "app", application.client_id)
    check(listed == ["CN=CLI-Login", "CN=der", "CN=pem"], "what was there stays", listed)


def a_stranger_s(application):
    step("az login with a certificate that nobody added")
    refused = log_in("stranger", application.client_id, certificate("stranger", 30)[2], code=1)
    check("AADSTS700027" in refused.err and "The key was not found" in refused.err, "it is not known", refused)


def ended(way, application):
    step("az login with a certificate whose time is over")
    pem, _, both = certificate("short", 1)
    way.az("ad", "app", "credential", "reset", "--id", application.client_id, "--append", "--cert", f"@{pem}")
    smalt("clock", "advance", "2d")
    refused = log_in("ended", application.client_id, both, code=1)
    check("AADSTS700027" in refused.err and "The key used is expired" in refused.err, "it is over", refused)


def of_a_managed_identity(way):
    step("smalt cert: renewed, as PEM and DER, and openssl believes the chain")
    way.az("group", "create", "-n", GROUP, "-l", "westeurope")
    principal = way.az("identity", "create", "-n", "uami", "-g", GROUP).json["principalId"]
    smalt("cert", "renew", "--principal", principal)
    listed = way.az("ad", "sp", "show", "--id", principal, "--query", "keyCredentials[].customKeyIdentifier").json
    check(len(set(listed)) == 2, "Graph shows the old and the new one", listed)
    pem, der = SCRATCH / "identity.pem", SCRATCH / "identity.der"
    for thumbprint in listed:
        one = ["cert", "show", "--principal", principal, "--thumbprint", thumbprint]
        smalt(*one, "-o", "pem", "--file", str(pem))
        smalt(*one, "-o", "der", "--file", str(der))
        verified = openssl("verify", "-CAfile", way.variables["SMALT_CA"], pem)
        check(verified.out.strip().endswith("OK"), "the chain is good", verified)
        shown = openssl("x509", "-inform", "DER", "-in", der, "-noout", "-fingerprint", "-sha1")
        check(shown.out.strip().replace(":", "").endswith(thumbprint), "it is the certificate", shown)
    several = smalt("cert", "show", "--principal", principal, "-o", "der", code=1)
    check("--thumbprint" in several.err, "DER holds one", several)


way = owner()
check(way.az("account", "show").json["id"] == SUBSCRIPTION_ID, "the owner is signed in")
application = Application(way, "brings-its-own")
of_a_managed_identity(way)
made_by_the_cli(way, application)
made_elsewhere(way, application)
a_stranger_s(application)
ended(way, application)
