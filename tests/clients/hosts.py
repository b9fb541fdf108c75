"""Every sort of host but VMs, on which Azure's SDKs find tokens of managed identities: `hosts.py python|javascript|rust`.

Each host is asked with the variables of `smalt env --resource`, and from inside with `smalt run`. What an SDK cannot do on
a host is expected by name, so that the day it can is noticed.
"""

import json
import sys

import owner
from world import CLIENTS, PROGRAM, Way, check, environment, interception, step

HERE = f"{owner.GROUP_ID}/providers"

# Host, what holds it, its own id below the group, and the properties without which there is none.
HOSTS = {
    "App Service": (None, "Microsoft.Web/sites/site1", {}),
    "Container Apps": (None, "Microsoft.App/containerApps/app1", {}),
    "Container Instances": (None, "Microsoft.ContainerInstance/containerGroups/group1", {"containers": [{"name": "one"}]}),
    "Azure Arc": (None, "Microsoft.HybridCompute/machines/arc1", {}),
    "Service Fabric": (
        "Microsoft.ServiceFabric/clusters/cluster1",
        "Microsoft.ServiceFabric/clusters/cluster1/applications/fabric1",
        {},
    ),
    "Machine Learning": (
        "Microsoft.MachineLearningServices/workspaces/space1",
        "Microsoft.MachineLearningServices/workspaces/space1/computes/compute1",
        {"computeType": "ComputeInstance"},
    ),
}

# How the SDKs spell the ways to name an identity; no name means the system-assigned one.
SPELLINGS = {
    "python": {
        "client": lambda value: {"client_id": value},
        "object": lambda value: {"identity_config": {"object_id": value}},
        "resource": lambda value: {"identity_config": {"resource_id": value}},
    },
    "javascript": {
        "client": lambda value: {"clientId": value},
        "object": lambda value: {"objectId": value},
        "resource": lambda value: {"resourceId": value},
    },
    "rust": {kind: lambda value, kind=kind: {kind: value} for kind in ("client", "object", "resource")},
}

# What there is no token for, and what is said instead. Service Fabric: the resource says which identity it has. Machine
# Learning: every identity has to be named by its client id, and of the SDKs only JavaScript's names the system-assigned one.
_FABRIC = "is not supported by the Service Fabric"
_LEARNING = {"python": "'clientid' is missing", "javascript": "client id"}
CANNOT = {
    **{(sdk, "Service Fabric", kind): _FABRIC for sdk in SPELLINGS for kind in ("client", "object", "resource")},
    **{(sdk, "Machine Learning", kind): text for sdk, text in _LEARNING.items() for kind in ("object", "resource")},
    ("python", "Machine Learning", "system"): "'clientid' is missing",
    **{
        ("rust", host, kind): "managed identity isn't supported"
        for host in ("Azure Arc", "Machine Learning", "Service Fabric")
        for kind in ("system", "client", "object", "resource")
    },
    **{("rust", host, "resource"): "aren't supported for App Service" for host in ("App Service", "Container Apps")},
}

# What the host refuses, and the SDK passes on.
NOBODY = "00000000-0000-4000-8000-000000000000"
REFUSALS = {
    "App Service": "No User Assigned or Delegated Managed Identity found",
    "Container Apps": "No User Assigned or Delegated Managed Identity found",
    "Container Instances": "DefaultIdentityNotDefined",
    "Azure Arc": "Identity not found",
    "Machine Learning": "Identity not found",
}


def application(client):
    if client == "python":
        return [str(CLIENTS / "sdk" / "bin" / "python"), "host_token.py"]
    if client == "javascript":
        return ["node", str(CLIENTS / "javascript" / "token.mjs")]
    return [str(CLIENTS / "rust" / "target" / "debug" / "rust-sdk"), "token"]


def ways(host, resource, *more):
    # Outside, Arc's challenges are at one place of the machine, which several tests would fight for; and the SDK for Rust
    # knows no address of IMDS but the real one.
    if host != "Azure Arc" and (CLIENT, host) != ("rust", "Container Instances"):
        yield Way("outside", environment("--intercept", "--resource", resource, *more))
    yield Way("inside", {}, [*PROGRAM, "run", "--resource", resource, *more, "--"])


CLIENT = sys.argv[1]
owner.group()
IDENTITY = owner.put(f"{HERE}/Microsoft.ManagedIdentity/userAssignedIdentities/id1", {}, "2023-01-31")
USER = {
    "client": IDENTITY["properties"]["clientId"],
    "object": IDENTITY["properties"]["principalId"],
    "resource": IDENTITY["id"],
}
BOTH = {"type": "SystemAssigned,UserAssigned", "userAssignedIdentities": {IDENTITY["id"]: {}}}

for host, (holder, name, properties) in HOSTS.items():
    if holder:
        owner.put(f"{HERE}/{holder}", {}, "2024-10-01")
    made = owner.put(f"{HERE}/{name}", properties, "2024-10-01", identity=BOTH)
    for way in ways(host, made["id"]):
        step(f"{host}, {way.name}")

        def ask(options):
            return way.run(*application(CLIENT), json.dumps(options)).json

        def is_given(kind, options, principal):
            answer = ask(options)
            refusal = CANNOT.get((CLIENT, host, kind))
            if refusal:
                check(refusal in answer.get("error", ""), f"{kind}: the SDK says that it cannot", answer)
                return
            check(answer.get("oid") == principal, f"{kind}: a token of the identity", answer)
            check(answer["aud"].rstrip("/") == "https://management.azure.com", "for Resource Manager", answer)

        is_given("system", {}, made["identity"]["principalId"])
        for kind, spell in SPELLINGS[CLIENT].items():
            is_given(kind, spell(USER[kind]), USER["object"])
        # Once: to what Container Instances say, the SDKs try again for a while.
        if way.name == "inside" and host in REFUSALS and (CLIENT, host, "client") not in CANNOT:
            answer = ask(SPELLINGS[CLIENT]["client"](NOBODY))
            # The SDK for Rust has one sentence for every 400.
            refusal = REFUSALS[host] if CLIENT != "rust" or "Instances" in host else "has not been assigned"
            check(refusal in answer.get("error", ""), "an identity that the host has not", answer)

# The SDK for Rust has a credential of its own for pods.
if CLIENT != "rust":
    cluster = f"{HERE}/Microsoft.ContainerService/managedClusters/aks1"
    made = owner.put(cluster, {"oidcIssuerProfile": {"enabled": True}}, "2024-09-01")
    trust = {
        "issuer": made["properties"]["oidcIssuerProfile"]["issuerURL"],
        "subject": "system:serviceaccount:default:web",
        "audiences": ["api://AzureADTokenExchange"],
    }
    owner.put(f"{IDENTITY['id']}/federatedIdentityCredentials/web", trust, "2024-11-30")
    for way in ways("Kubernetes", cluster, "--service-account", "default/web"):
        step(f"Kubernetes, {way.name}")
        answer = way.run(*application(CLIENT), "{}").json
        check(answer.get("oid") == USER["object"], "the pod is the identity that trusts it", answer)

console = owner.put("/providers/Microsoft.Portal/consoles/default", {"osType": "Linux"}, "2023-02-01-preview")
for way in ways("Cloud Shell", console["id"]):
    step(f"Cloud Shell, {way.name}")
    answer = way.run(*application(CLIENT), "{}").json
    if CLIENT == "rust":
        check("managed identity isn't supported" in answer.get("error", ""), "the SDK says that it cannot", answer)
    else:
        check(answer.get("oid") == console["identity"]["principalId"], "a token of the console's principal", answer)
