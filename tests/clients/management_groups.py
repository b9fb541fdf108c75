"""Management groups with the real Azure CLI: `management_groups.py`.

The tree is made, looked at, changed and taken away again with the commands of `az account management-group`.
"""

from callers import SUBSCRIPTION_ID as SUBSCRIPTION, TENANT, owner
from world import check, step

# Without it every command waits ten seconds for the provider's registration.
QUICK = "--no-register"


def group_id(name):
    return f"/providers/Microsoft.Management/managementGroups/{name}"


def groups(way, *arguments, code=0):
    """`az account management-group …`."""
    return way.az("account", "management-group", *arguments, code=code)


def create(way):
    step("check-name-availability, create: with and without a parent, with registration and without")
    check(groups(way, "check-name-availability", "--name", "Corp").json["nameAvailable"], "the name is free")
    made = groups(way, "create", "--name", "Corp", "--display-name", "Corporation").json
    check((made["name"], made["displayName"]) == ("Corp", "Corporation"), "Corp is made", made)
    groups(way, "create", "--name", "Prod", "--parent", "Corp", QUICK)
    groups(way, "create", "--name", "Lab", QUICK)
    taken = groups(way, "check-name-availability", "--name", "corp").json
    check((taken["nameAvailable"], taken["reason"]) == (False, "AlreadyExists"), "the name is taken", taken)


def look(way):
    step("list, show, entities list, tenant-backfill")
    names = [group["name"] for group in groups(way, "list", QUICK).json]
    check(sorted(names) == sorted([TENANT, "Corp", "Prod", "Lab"]), "all groups are listed", names)
    shown = groups(way, "show", "--name", "Prod", QUICK).json
    check(shown["details"]["parent"]["id"] == group_id("Corp"), "Prod is below Corp", shown)
    tree = groups(way, "show", "--name", TENANT, "--expand", "--recurse", QUICK).json
    check(tree["displayName"] == "Tenant Root Group", "the root group has its name", tree)
    below = {child["name"]: [below["name"] for below in child["children"] or []] for child in tree["children"]}
    check(below == {"Corp": ["Prod"], "Lab": [], SUBSCRIPTION: []}, "the tree is shown", tree)
    entities = groups(way, "entities", "list").json
    chains = {entity["name"]: entity["parentNameChain"] for entity in entities}
    check(chains["Prod"] == [TENANT, "Corp"] and chains[SUBSCRIPTION] == [TENANT], "the ways are told", entities)
    status = groups(way, "tenant-backfill", "get").json
    check(status["status"] == "Completed", "all subscriptions are in the tree", status)


def change(way):
    step("update: a name, and another parent")
    updated = groups(way, "update", "--name", "Prod", "--display-name", "Production", "--parent", "Lab").json
    parent = updated["details"]["parent"]["name"]
    check((updated["displayName"], parent) == ("Production", "Lab"), "Prod is renamed and moved", updated)
    refused = groups(way, "update", "--name", "Lab", "--parent", "Prod", code=1)
    check("below itself" in refused.err, "a group does not hang below itself", refused)


def hang_the_subscription(way):
    step("subscription add, show, show-sub-under-mg, remove")
    of_prod = ["--name", "Prod", "--subscription", SUBSCRIPTION]
    added = groups(way, "subscription", "add", *of_prod).json
    check(added["parent"]["id"] == group_id("Prod"), "the subscription is in Prod", added)
    check(groups(way, "subscription", "show", *of_prod).json["name"] == SUBSCRIPTION, "it is shown")
    listed = groups(way, "subscription", "show-sub-under-mg", "--name", "Prod").json
    check([s["name"] for s in listed] == [SUBSCRIPTION], "it is listed", listed)
    refused = groups(way, "delete", "--name", "Prod", QUICK, code=1)
    check("has children" in refused.err, "a group with children stays", refused)
    groups(way, "subscription", "remove", *of_prod)
    listed = groups(way, "subscription", "show-sub-under-mg", "--name", TENANT).json
    check([s["name"] for s in listed] == [SUBSCRIPTION], "it is in the root group again", listed)


def assign(way):
    step("role assignment create and list on a group")
    scope = ["--scope", group_id("Corp")]
    who = ["--assignee-object-id", "11111111-1111-4111-8111-111111111111", "--assignee-principal-type", "User"]
    way.az("role", "assignment", "create", *who, "--role", "Reader", *scope)
    roles = [a["roleDefinitionName"] for a in way.az("role", "assignment", "list", *scope).json]
    # The creator of a group owns it.
    check(sorted(roles) == ["Owner", "Reader"], "both roles are listed", roles)
    refused = way.az("role", "assignment", "list", "--scope", group_id("None"), code=3)
    check("cannot be found" in refused.err, "a group that is none has no assignments", refused)


def settle(way):
    step("hierarchy-settings create, list, update, delete")
    root = ["--name", TENANT]
    made = groups(way, "hierarchy-settings", "create", *root, "-m", group_id("Corp")).json
    check(made["defaultManagementGroup"] == "Corp", "Corp is the default group", made)
    groups(way, "create", "--name", "ByDefault", QUICK)
    shown = groups(way, "show", "--name", "ByDefault", QUICK).json
    check(shown["details"]["parent"]["name"] == "Corp", "a new group is made there", shown)
    updated = groups(way, "hierarchy-settings", "update", *root, "-r", "true").json
    check(updated["requireAuthorizationForGroupCreation"], "the rule is kept", updated)
    listed = groups(way, "hierarchy-settings", "list", *root).json
    check([s["name"] for s in listed["value"]] == ["default"], "the settings are listed", listed)
    groups(way, "hierarchy-settings", "delete", *root, "--yes")


def take_away(way):
    step("delete, from below")
    for name in ["ByDefault", "Prod", "Corp", "Lab"]:
        groups(way, "delete", "--name", name, QUICK)
    check([g["name"] for g in groups(way, "list", QUICK).json] == [TENANT], "only the root group is left")
    refused = groups(way, "show", "--name", "Corp", QUICK, code=3)
    check("not found" in refused.err, "what is gone is not found", refused)


custom = owner()
for part in (create, look, change, hang_the_subscription, assign, settle, take_away):
    part(custom)
