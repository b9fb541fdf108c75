"""Custom roles with the real Azure CLI: `az role definition`, from the first file to the deletion that waits for the last
assignment.
"""

import json

from callers import SUBSCRIPTION, Application, owner
from world import check, step

NAME = "Machine Watcher"
ACTIONS = ["Microsoft.Compute/virtualMachines/*/read", "Microsoft.Compute/virtualMachines/start/action"]
ROLE = {
    "Name": NAME,
    "Description": "Sees machines and starts them.",
    "Actions": ACTIONS,
    "NotActions": [],
    "DataActions": ["Microsoft.KeyVault/vaults/secrets/getSecret/action"],
    "NotDataActions": [],
    "AssignableScopes": [SUBSCRIPTION],
}


def role(way, verb, definition, code=0):
    return way.az("role", "definition", verb, "--role-definition", json.dumps(definition), code=code)


def create(way):
    step("az role definition create, show, list")
    made = role(way, "create", ROLE).json
    check(made["roleType"] == "CustomRole" and made["assignableScopes"] == [SUBSCRIPTION], "it is made", made)
    permissions = made["permissions"][0]
    check((permissions["actions"], permissions["dataActions"]) == (ACTIONS, ROLE["DataActions"]), "it allows", made)
    shown = way.az("role", "definition", "show", "--id", made["id"]).json
    check(shown["permissions"] == made["permissions"], "it is shown", shown)
    listed = way.az("role", "definition", "list", "--custom-role-only").json
    check([found["roleName"] for found in listed] == [NAME], "it is the only custom role", listed)
    # Its GUID is listed for, too.
    check(len(way.az("role", "definition", "list", "--name", made["name"]).json) == 1, "it is found by its GUID")
    return made


def refuse(way):
    step("what Azure does not take")
    for name, action, said in [
        ("Twice", "Microsoft.Network/*/subnets/*", "(InvalidActionOrNotAction)"),
        ("Unknown", "Microsoft.Compute/virtualMachines/fly/action", "does not match any of the actions"),
        ("Reader", "*/read", "(RoleDefinitionWithSameNameExists)"),
    ]:
        refused = role(way, "create", {**ROLE, "Name": name, "Actions": [action]}, code=1)
        check(said in refused.err, said, refused)


def update(way, made):
    step("az role definition update")
    more = [*ACTIONS, "Microsoft.Compute/virtualMachines/restart/action"]
    changed = role(way, "update", {**ROLE, "Actions": more}).json
    check((changed["name"], len(changed["permissions"][0]["actions"])) == (made["name"], 3), "one action more", changed)
    # What a show prints is what an update takes.
    shown = way.az("role", "definition", "show", "--id", made["id"]).json
    changed = role(way, "update", {**shown, "description": "Sees machines."}).json
    check(changed["description"] == "Sees machines.", "it is described anew", changed)


def delete(way, made):
    step("a role that is assigned stays, and is assigned where it can be")
    watcher = Application(way, "watcher")
    assign = ["role", "assignment", "create", *watcher.assignee(), "--role", made["name"], "--scope"]
    way.az(*assign, SUBSCRIPTION)
    listed = way.az("role", "assignment", "list", "--role", NAME).json
    check([found["principalId"] for found in listed] == [watcher.id], "its assignment is found by its name", listed)
    refused = way.az("role", "definition", "delete", "--name", NAME, code=1)
    check("(RoleDefinitionHasAssignments)" in refused.err, "it is not deleted", refused)
    way.az("role", "assignment", "delete", "--ids", listed[0]["id"])
    group = way.az("group", "create", "-n", "elsewhere", "-l", "westeurope").json["id"]
    role(way, "update", {**ROLE, "AssignableScopes": [group]})
    refused = way.az(*assign, SUBSCRIPTION, code=1)
    said = f"The role {NAME} is not available for assignment at the requested scope."
    check(said in refused.err, "it is not assigned elsewhere", refused)
    way.az("role", "assignment", "delete", "--ids", way.az(*assign, group).json["id"])
    way.az("role", "definition", "delete", "--name", NAME, "--scope", group)
    check(way.az("role", "definition", "list", "--custom-role-only", "--scope", group).json == [], "it is gone")


cloud = owner()
definition = create(cloud)
refuse(cloud)
update(cloud, definition)
delete(cloud, definition)
