"""What the owner of the world does before a check, over plain HTTP: a VM with an identity, a right, a certificate.

Nothing but Python's own library, so that what the checked SDK needs is not made by the checked SDK.
"""

import base64
import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
import uuid

from world import SCRATCH, check, clean, environment, run, smalt

WORLD = environment()
SUBSCRIPTION = f"/subscriptions/{WORLD['SMALT_SUBSCRIPTION_ID']}"
GROUP = "MI-RG"
GROUP_ID = f"{SUBSCRIPTION}/resourceGroups/{GROUP}"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
ARM, GRAPH = "https://management.azure.com", "https://graph.microsoft.com"
PASSWORD = "between-tests"

_trust = ssl.create_default_context(cafile=WORLD["SMALT_CA"])
# A proxy of the machine's own has no business here.
_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=_trust))


def send(method, url, body=None, headers=(), form=None):
    """Answers status, headers and JSON body (None when there is none) of one request."""
    data = urllib.parse.urlencode(form).encode() if form else json.dumps(body).encode() if body is not None else None
    request = urllib.request.Request(url, data, dict(headers), method=method)
    if body is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with _opener.open(request) as answer:
            status, head, text = answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        status, head, text = error.code, error.headers, error.read()
    return status, head, json.loads(text) if text else None


def token(audience):
    """The owner's token for a service."""
    form = {
        "grant_type": "client_credentials",
        "client_id": WORLD["SMALT_CLIENT_ID"],
        "client_secret": WORLD["SMALT_CLIENT_SECRET"],
        "scope": f"{audience}/.default",
    }
    url = f"{WORLD['SMALT_ENTRA']}/{WORLD['SMALT_TENANT_ID']}/oauth2/v2.0/token"
    return _good(send("POST", url, form=form))["access_token"]


def arm(method, path, body=None, version="2021-04-01", bearer=None):
    """A request to Resource Manager, as the owner unless `bearer` is another's token."""
    bearer = bearer or token(ARM)
    url = f"{WORLD['SMALT_ARM']}{path}?api-version={version}"
    return send(method, url, body, {"Authorization": f"Bearer {bearer}"})


def graph(method, path, body=None):
    """The answer of Microsoft Graph to the owner."""
    url = f"{WORLD['SMALT_GRAPH']}/v1.0{path}"
    return _good(send(method, url, body, {"Authorization": f"Bearer {token(GRAPH)}"}))


def group():
    """Makes the group."""
    _good(arm("PUT", GROUP_ID, {"location": "westeurope"}))


def vm(name):
    """Makes a VM with a system-assigned identity in the group; answers the principal's object id."""
    group()
    providers = f"{GROUP_ID}/providers"
    network = f"{providers}/Microsoft.Network/virtualNetworks/{name}VNET"
    subnet = {"name": "default", "properties": {"addressPrefix": "10.0.0.0/24"}}
    space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}, "subnets": [subnet]}
    put(network, space, "2024-05-01")
    interface = f"{providers}/Microsoft.Network/networkInterfaces/{name}NIC"
    address = {"name": "first", "properties": {"subnet": {"id": f"{network}/subnets/default"}}}
    put(interface, {"ipConfigurations": [address]}, "2024-05-01")
    image = {"publisher": "Canonical", "offer": "0001-com-ubuntu-server-jammy", "sku": "22_04-lts-gen2", "version": "latest"}
    machine = {
        "hardwareProfile": {"vmSize": "Standard_D2s_v3"},
        "storageProfile": {"imageReference": image, "osDisk": {"createOption": "FromImage"}},
        "osProfile": {"computerName": name, "adminUsername": "sim", "adminPassword": "Str0ng-Enough-For-It"},
        "networkProfile": {"networkInterfaces": [{"id": interface}]},
    }
    path = f"{providers}/Microsoft.Compute/virtualMachines/{name}"
    made = put(path, machine, "2024-07-01", identity={"type": "SystemAssigned"})
    return made["identity"]["principalId"]


def let_read(principal):
    """Lets the principal read the group."""
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{READER}"
    properties = {"roleDefinitionId": definition, "principalId": principal, "principalType": "ServicePrincipal"}
    name = f"{GROUP_ID}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}"
    _good(arm("PUT", name, {"properties": properties}, "2022-04-01"))


def certificate():
    """Gives the owner's application a certificate; answers the files, PEM and PFX, that prove it."""
    key, pem, der, both, pfx = (SCRATCH / f"owner.{kind}" for kind in ("key", "crt", "der", "pem", "pfx"))
    subject = ["-subj", "/CN=owner", "-days", "30", "-nodes"]
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-keyout", key, "-out", pem, *subject)
    _openssl("x509", "-in", pem, "-outform", "DER", "-out", der)
    _openssl("pkcs12", "-export", "-inkey", key, "-in", pem, "-out", pfx, "-passout", f"pass:{PASSWORD}")
    both.write_text(key.read_text() + pem.read_text())
    credential = {"type": "AsymmetricX509Cert", "usage": "Verify", "key": base64.b64encode(der.read_bytes()).decode()}
    found = graph("GET", f"/applications?$filter=appId%20eq%20'{WORLD['SMALT_CLIENT_ID']}'")
    graph("PATCH", f"/applications/{found['value'][0]['id']}", {"keyCredentials": [credential]})
    return both, pfx


def federated_token(subject):
    """Trusts the issuer that smalt plays to vouch for the owner's application; answers the file with such a token."""
    credential = {
        "name": "between-tests",
        "issuer": smalt("issuer", "show", "--url").out.strip(),
        "subject": subject,
        "audiences": ["api://AzureADTokenExchange"],
    }
    graph("POST", f"/applications(appId='{WORLD['SMALT_CLIENT_ID']}')/federatedIdentityCredentials", credential)
    file = SCRATCH / "federated-token"
    file.write_text(smalt("issuer", "token", "--subject", subject).out.strip())
    return file


def _openssl(*arguments):
    run(["openssl", *map(str, arguments)], clean())


def put(path, properties, version, **more):
    """Makes a resource; answers it."""
    return _good(arm("PUT", path, {"location": "westeurope", "properties": properties, **more}, version))


def _good(answer):
    status, _, body = answer
    check(status < 300, f"HTTP {status}", json.dumps(body))
    return body
