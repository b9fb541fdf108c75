"""Role assignments with the real Azure CLI: what comes down from a management group, what comes through groups of the
directory, and how `az role assignment list` tells it.
"""

from callers import SUBSCRIPTION, SUBSCRIPTION_ID, Application, owner
from owner import GROUP, GROUP_ID, vm
from world import check, step

# Without it every command waits ten seconds for the provider's registration.
QUICK = "--no-register"
NETWORK = f"{GROUP_ID}/providers/Microsoft.Network/virtualNetworks/VM1VNET"
MACHINE = f"{GROUP_ID}/providers/Microsoft.Compute/virtualMachines/VM1"
CORP = "/providers/Microsoft.Management/managementGroups/Corp"


def assign(way, assignee, role, scope):
    return way.az("role", "assignment", "create", *assignee, "--role", role, "--scope", scope).json


def scopes(way, *options):
    """Where the assignments that are listed hold."""
    return sorted(found["scope"] for found in way.az("role", "assignment", "list", *options).json)


def sees_machine(way, sees):
    answer = way.az("vm", "show", "-g", GROUP, "-n", "VM1", code=0 if sees else 1)
    check(sees or "(AuthorizationFailed)" in answer.err, "it is refused", answer)


def group(way, name):
    """Makes a group in the directory; answers its object id."""
    return way.az("ad", "group", "create", "--display-name", name, "--mail-nickname", name).json["id"]


def through_a_management_group(way):
    step("a role at a management group reaches a machine, and goes with the tree")
    tree = ["account", "management-group"]
    way.az(*tree, "create", "--name", "Corp", QUICK)
    way.az(*tree, "create", "--name", "Lab", QUICK)
    move = [*tree, "subscription", "add", "--subscription", SUBSCRIPTION_ID, "--name"]
    way.az(*move, "Corp")
    watcher = Application(way, "watcher")
    made = assign(way, watcher.assignee(), "Reader", CORP)
    check(made["scope"] == CORP and made["id"].startswith(f"{CORP}/providers/"), "it is made there", made)
    reader = watcher.signed_in()
    sees_machine(reader, True)
    of_watcher = ["--assignee", watcher.client_id, "--scope", MACHINE]
    check(scopes(way, *of_watcher) == [], "nothing is assigned at the machine")
    check(scopes(way, *of_watcher, "--include-inherited") == [CORP], "it is inherited")
    way.az(*move, "Lab")
    sees_machine(reader, False)
    check(scopes(way, *of_watcher, "--include-inherited") == [], "it is inherited no more")
    way.az("role", "assignment", "delete", "--assignee", watcher.client_id, "--scope", CORP)
    check(scopes(way, "--scope", CORP, "--role", "Reader") == [], "it is gone")


def through_groups(way):
    step("a group's role is its members', at the next request, however deep they are in it")
    member = Application(way, "member")
    team, division = (group(way, name) for name in ("team", "division"))
    assign(way, ["--assignee-object-id", division], "Reader", GROUP_ID)
    # Something to sign in with: the CLI works in subscriptions that it saw then.
    assign(way, member.assignee(), "Reader", NETWORK)
    reader = member.signed_in()
    sees_machine(reader, False)
    for verb, name, who, sees in [
        ("add", "division", member.id, True),
        ("remove", "division", member.id, False),
        ("add", "team", member.id, False),
        ("add", "division", team, True),
    ]:
        way.az("ad", "group", "member", verb, "--group", name, "--member-id", who)
        sees_machine(reader, sees)
    return member, division


def listed(way, member, division):
    step("az role assignment list: --all, --include-groups, --include-inherited")
    of_member = ["--assignee", member.client_id]
    check(scopes(way, *of_member) == [], "nothing at the subscription")
    check(scopes(way, *of_member, "--all") == [NETWORK], "its own, everywhere")
    check(scopes(way, *of_member, "--all", "--include-groups") == [GROUP_ID, NETWORK], "and those of its groups")
    check(scopes(way, *of_member, "-g", GROUP, "--include-groups") == [GROUP_ID], "those of its groups at the group")
    found = way.az("role", "assignment", "list", "-g", GROUP).json
    told = [(a["principalName"], a["principalType"], a["roleDefinitionName"]) for a in found]
    check(told == [("division", "Group", "Reader")], "names are found", found)
    inherited = way.az("role", "assignment", "list", "-g", GROUP, "--include-inherited").json
    check({a["scope"] for a in inherited} >= {"/", GROUP_ID}, "what holds at the root is inherited", inherited)
    way.az("ad", "group", "delete", "--group", division)
    orphans = [a for a in way.az("role", "assignment", "list", "-g", GROUP).json if a["principalId"] == division]
    check([a.get("principalName") or "" for a in orphans] == [""], "an orphan is listed without a name", orphans)
    way.az("role", "assignment", "delete", "--ids", orphans[0]["id"])


def refused(way, member):
    step("what is refused, and what is no error")
    who = member.assignee()
    once = assign(way, who, "Contributor", SUBSCRIPTION)
    twice = assign(way, who, "Contributor", SUBSCRIPTION)
    check(twice["id"] == once["id"], "made twice, it is one", (once, twice))
    create = ["role", "assignment", "create", "--scope", SUBSCRIPTION, "--role"]
    user = ["--assignee-object-id", member.id, "--assignee-principal-type", "User"]
    unmatched = way.az(*create, "Reader", *user, code=1)
    check("(UnmatchedPrincipalType)" in unmatched.err, "an application is no user", unmatched)
    named = way.az(*create, "Reader", *who, "--name", "mine", code=1)
    check("must be a GUID" in named.err, "a name is a GUID", named)
    again = way.az(*create, "Reader", *who, "--name", once["name"], code=1)
    check("(RoleAssignmentUpdateNotPermitted)" in again.err, "a name is used once", again)


cloud = owner()
vm("VM1")
through_a_management_group(cloud)
somebody, its_group = through_groups(cloud)
listed(cloud, somebody, its_group)
refused(cloud, somebody)
