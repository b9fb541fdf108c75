"""Deny assignments with the real Azure CLI: `az role deny-assignment` and `az rest`; what they keep whoever holds a role from."""

import json

from callers import SUBSCRIPTION, Application, owner
from world import check, step

API = "api-version=2024-07-01-preview"
EVERYONE = "00000000-0000-0000-0000-000000000000"


def deny(way, verb, *arguments, code=0):
    """`az role deny-assignment …`."""
    return way.az("role", "deny-assignment", verb, *arguments, code=code)


def denied(answer, name, group):
    said = f"the access is denied because of the deny assignment with name '{name}' and Id '"
    check("(DenyAssignmentAuthorizationFailed)" in answer.err and said in answer.err, "the deny is named", answer)
    check(f"at scope '{group}'" in answer.err, "and where it holds", answer)


def tag(way, group, code=0):
    return way.az("group", "update", "-n", group.rsplit("/", 1)[1], "--set", "tags.a=b", code=code)


def of_everyone(way, group, spared, worker):
    step("az role deny-assignment create, show, list; what it stops, and whom it spares")
    options = ["--name", "Keep the group", "--scope", group, "--actions", "Microsoft.Resources/subscriptions/resourceGroups/write"]
    options += ["Microsoft.Network/*/delete", "--exclude-principal-ids", spared.id, "--exclude-principal-types", "ServicePrincipal"]
    made = deny(way, "create", *options).json
    check(made["denyAssignmentName"] == "Keep the group" and made["scope"] == group, "it is made", made)
    check(deny(way, "show", "--id", made["id"]).json["principals"][0]["id"] == EVERYONE, "it is everyone's")
    listed = deny(way, "list", "--scope", f"{group}/providers/Microsoft.Network/networkSecurityGroups/rules").json
    check([found["id"] for found in listed] == [made["id"]], "it is listed below", listed)
    for caller in (worker, way):
        denied(tag(caller, group, code=1), "Keep the group", group)
    tag(spared.signed_in(), group)
    denied(worker.az("network", "nsg", "delete", "-g", "rg", "-n", "rules", code=1), "Keep the group", group)
    worker.az("network", "nsg", "update", "-g", "rg", "-n", "rules", "--set", "tags.a=b")
    # A role that is given anew is denied all the same: denies come first.
    way.az("role", "assignment", "create", *spared.assignee(), "--role", "Owner", "--scope", group)
    denied(tag(worker, group, code=1), "Keep the group", group)
    deny(way, "delete", "--id", made["id"], "--yes")
    tag(worker, group)
    check(deny(way, "list", "--scope", group).json == [], "it is gone")


def by_rest(way, group, who, worker):
    step("az rest: PUT, GET and DELETE of a deny of one principal")
    url = f"{group}/providers/Microsoft.Authorization/denyAssignments/11111111-1111-4111-8111-111111111111?{API}"
    properties = {
        "denyAssignmentName": "No assignments",
        "permissions": [{"actions": ["Microsoft.Authorization/roleAssignments/*"], "notActions": ["*/read"]}],
        "principals": [{"id": who.id, "type": "ServicePrincipal"}],
        "excludePrincipals": [],
    }
    way.az("rest", "--method", "put", "--url", url, "--body", json.dumps({"properties": properties}))
    shown = way.az("rest", "--url", url).json["properties"]
    check(shown["principals"][0]["id"] == who.id and not shown["isSystemProtected"], "it is shown", shown)
    assign = ["role", "assignment", "create", *who.assignee(), "--role", "Reader", "--scope", group]
    way.az(*assign)
    check(worker.az("role", "assignment", "list", "--scope", group).json != [], "reading is not denied")
    taken = ["role", "assignment", "delete", "--assignee", who.id, "--role", "Reader", "--scope", group]
    denied(worker.az(*taken, code=1), "No assignments", group)
    properties["permissions"][0] = {"actions": ["*/read"]}
    refused = way.az("rest", "--method", "put", "--url", url, "--body", json.dumps({"properties": properties}), code=1)
    check("Denying read access is not allowed." in refused.err, "reads cannot be denied", refused)
    way.az("rest", "--method", "delete", "--url", url)
    worker.az(*taken)


cloud = owner()
rg = cloud.az("group", "create", "-n", "rg", "-l", "westeurope").json["id"]
cloud.az("network", "nsg", "create", "-g", "rg", "-n", "rules")
one, other = Application(cloud, "worker"), Application(cloud, "spared")
for application in (one, other):
    cloud.az("role", "assignment", "create", *application.assignee(), "--role", "Owner", "--scope", SUBSCRIPTION)
signed_in = one.signed_in()
of_everyone(cloud, rg, other, signed_in)
by_rest(cloud, rg, one, signed_in)
