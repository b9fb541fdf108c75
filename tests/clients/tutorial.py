"""The managed-identity tutorial with the real Azure CLI: `tutorial.py custom | intercept | vm`.

The same commands in each of the three ways in; what an application does in the VM always happens in the VM.
"""

import sys

from world import SCRATCH, check, clean, custom_cloud, environment, inside, interception, run, step

GROUP = "MI-RG"
ARM = "https://management.azure.com"
IMDS_TOKEN = (
    "http://169.254.169.254/metadata/identity/oauth2/token"
    "?api-version=2018-02-01&resource=https%3A%2F%2Fmanagement.azure.com%2F"
)
OWNER = environment()
GROUP_ID = f"/subscriptions/{OWNER['SMALT_SUBSCRIPTION_ID']}/resourceGroups/{GROUP}"


def log_in(way, proof, code=0):
    """Signs in afresh: the CLI keeps tokens by client, whatever they were got with (AZ-WIRE 0.12)."""
    way.az("account", "clear")
    who = ["-u", OWNER["SMALT_CLIENT_ID"], "--tenant", OWNER["SMALT_TENANT_ID"]]
    return way.az("login", "--service-principal", *who, *proof, code=code)


def sign_in(way, proof):
    accounts = log_in(way, proof).json
    check([a["id"] for a in accounts] == [OWNER["SMALT_SUBSCRIPTION_ID"]], "the subscription is listed", accounts)


def sign_in_by_secret_and_certificate(way):
    step("az login with a wrong secret, the right one, and a certificate")
    refused = log_in(way, ["-p", "not-the-secret"], code=1)
    check("AADSTS7000215" in refused.err, "a wrong secret is refused", refused)
    sign_in(way, ["-p", OWNER["SMALT_CLIENT_SECRET"]])
    reset = ["ad", "app", "credential", "reset", "--id", OWNER["SMALT_CLIENT_ID"], "--create-cert", "--append"]
    pem = way.az(*reset).json["fileWithCertAndPrivateKey"]
    sign_in(way, ["--certificate", pem])


def create_virtual_machines(way):
    step("az group create, az vm create: Linux with a key, Windows with a password")
    group = way.az("group", "create", "-n", GROUP, "-l", "westeurope").json
    check(group["properties"]["provisioningState"] == "Succeeded" and group["id"] == GROUP_ID, "the group is made", group)
    key = SCRATCH / "key"
    run(["ssh-keygen", "-q", "-t", "rsa", "-b", "2048", "-N", "", "-f", str(key)], clean())
    linux = ["--image", "Ubuntu2204", "--admin-username", "sim", "--ssh-key-values", f"{key}.pub"]
    windows = ["--image", "Win2022Datacenter", "--admin-username", "sim", "--admin-password", "Str0ng-Enough-For-It"]
    for name, options in [("VM1", linux), ("VM2", windows)]:
        vm = way.az("vm", "create", "-g", GROUP, "-n", name, *options).json
        check(vm["powerState"] == "VM running", f"{name} runs", vm)
    systems = way.az("vm", "list", "-g", GROUP, "--query", "[].storageProfile.osDisk.osType").json
    check(systems == ["Linux", "Windows"], "the images' systems are known", systems)


def enable_identity(way):
    """Answers the principal's object id."""
    step("az vm identity assign, and what the directory shows of it")
    assigned = way.az("vm", "identity", "assign", "--name", "VM1", "--resource-group", GROUP).json
    query = "[].{objectId:id,servicePrincipalType:servicePrincipalType,keyCredentials:keyCredentials}"
    principals = way.az("ad", "sp", "list", "--display-name", "VM1", "--query", query).json
    check(len(principals) == 1, "VM1 has one service principal", principals)
    principal = principals[0]
    check(principal["servicePrincipalType"] == "ManagedIdentity", "it is a managed identity", principal)
    check([k["type"] for k in principal["keyCredentials"]] == ["AsymmetricX509Cert"], "it has a certificate", principal)
    shown = way.az("vm", "identity", "show", "--name", "VM1", "--resource-group", GROUP).json
    ids = {principal["objectId"], shown["principalId"], assigned["systemAssignedIdentity"]}
    check(len(ids) == 1, "compute and directory name the same principal", (principal, shown, assigned))
    return shown["principalId"]


def list_resources(vm):
    """What an application without any secret does: a token from IMDS, then the group's resources with it."""
    token = vm.run("curl", "-sS", "-H", "Metadata:true", IMDS_TOKEN).json
    check(token.get("token_type") == "Bearer", "IMDS answers a token", token)
    bearer = f"Authorization: Bearer {token['access_token']}"
    url = f"{ARM}{GROUP_ID}/resources?api-version=2021-04-01"
    answer = vm.run("curl", "-sS", "-w", "\n%{http_code}", "-H", bearer, url)
    answer.out, _, status = answer.out.rpartition("\n")
    return int(status), answer.json


def is_refused(vm):
    step("before the assignment ARM refuses the VM, and az in it sees no subscription")
    status, answer = list_resources(vm)
    check(status == 403 and answer["error"]["code"] == "AuthorizationFailed", "403 AuthorizationFailed", answer)
    refused = vm.az("login", "--identity", code=1)
    check("No access was configured for the managed identity" in refused.err, "az says why", refused)


def is_admitted(vm):
    step("after it the VM lists the resources, with curl and with az")
    status, answer = list_resources(vm)
    names = [resource["name"] for resource in answer.get("value", [])]
    check(status == 200 and {"VM1", "VM2", "VM1VMNic"} <= set(names), "the resources are listed", answer)
    accounts = vm.az("login", "--identity").json
    check(accounts[0]["user"]["name"] == "systemAssignedIdentity", "az is signed in by the identity", accounts)
    vms = vm.az("vm", "list", "-g", GROUP, "--query", "[].name").json
    check(vms == ["VM1", "VM2"], "az lists the VMs", vms)


def user_assigned_identities(way):
    step("az identity create, list, show, delete")
    made = way.az("identity", "create", "-g", GROUP, "-n", "uai1").json
    listed = way.az("identity", "list", "-g", GROUP).json
    shown = way.az("identity", "show", "-g", GROUP, "-n", "uai1").json
    check(made["principalId"] and [i["clientId"] for i in listed] == [shown["clientId"]] == [made["clientId"]],
          "create, list and show agree", (made, listed, shown))
    way.az("vm", "identity", "assign", "-g", GROUP, "-n", "VM2", "--identities", made["id"])
    attached = way.az("vm", "identity", "show", "-g", GROUP, "-n", "VM2").json
    check([i["principalId"] for i in attached["userAssignedIdentities"].values()] == [made["principalId"]],
          "VM2 carries the identity", attached)
    way.az("vm", "identity", "remove", "-g", GROUP, "-n", "VM2", "--identities", made["id"])
    way.az("identity", "delete", "-g", GROUP, "-n", "uai1")
    is_gone(way, made["principalId"])


def is_gone(way, principal):
    # The CLI's exit code for a 404 is 3.
    answer = way.az("ad", "sp", "show", "--id", principal, code=3)
    check("does not exist" in answer.err, "the directory says that it does not exist", answer)


def tutorial(way):
    sign_in_by_secret_and_certificate(way)
    create_virtual_machines(way)
    first = enable_identity(way)
    vm = inside("VM1", GROUP, way.variables)
    is_refused(vm)
    way.az("role", "assignment", "create", "--assignee", first, "--role", "Reader", "--scope", GROUP_ID)
    is_admitted(vm)
    step("az vm identity remove ends it")
    way.az("vm", "identity", "remove", "-g", GROUP, "-n", "VM1")
    is_gone(way, first)
    user_assigned_identities(way)
    step("az group delete takes VM and principal with it")
    second = enable_identity(way)
    check(second != first, "an identity that is enabled again is another one", second)
    way.az("group", "delete", "-n", GROUP, "--yes")
    is_gone(way, second)
    check(way.az("group", "exists", "-n", GROUP).json is False, "the group is gone")


def a_workstation():
    """A VM of its own group to work from; it outlives what the tutorial makes and deletes."""
    way = custom_cloud()
    sign_in(way, ["-p", OWNER["SMALT_CLIENT_SECRET"]])
    way.az("group", "create", "-n", "OFFICE", "-l", "westeurope")
    options = ["--image", "Ubuntu2204", "--admin-username", "sim", "--admin-password", "Str0ng-Enough-For-It"]
    way.az("vm", "create", "-g", "OFFICE", "-n", "WORKSTATION", *options)
    return inside("WORKSTATION", "OFFICE")


WAYS = {"custom": custom_cloud, "intercept": interception, "vm": a_workstation}

tutorial(WAYS[sys.argv[1]]())
