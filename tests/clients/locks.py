"""Management locks with the real Azure CLI: `az lock`, `az group lock`, `az account lock`, and what they stop."""

from callers import SUBSCRIPTION, owner
from world import check, step

GROUP = "LOCKED-RG"
GROUP_ID = f"{SUBSCRIPTION}/resourceGroups/{GROUP}"
NETWORK = ["--resource-name", "net", "--resource-type", "Microsoft.Network/virtualNetworks"]
SUBNET = ["--resource-name", "sub", "--resource-type", "subnets", "--namespace", "Microsoft.Network"]
SUBNET += ["--parent", "virtualNetworks/net"]


def set_up(way):
    step("a group with a network")
    way.az("group", "create", "-n", GROUP, "-l", "westeurope")
    way.az("network", "vnet", "create", "-g", GROUP, "-n", "net", "--subnet-name", "sub")


def names(way, *where):
    return sorted(lock["name"] for lock in way.az("lock", "list", *where).json)


def stopped(way, verb, locked, *command):
    """The command ends with what Azure says of locked scopes."""
    # The CLI's exit code for an answer that is an error is 1.
    answer = way.az(*command, code=1)
    said = f"cannot perform {verb} operation because following scope(s) are locked: '{locked}'"
    check("(ScopeLocked)" in answer.err and said in answer.err, "the lock stops it", answer)


def locks_of_a_resource(way):
    step("az lock create, show, list, update, delete on a resource and on a child")
    group = ["-g", GROUP]
    made = way.az("lock", "create", "-n", "keep", "-t", "CanNotDelete", *group, *NETWORK).json
    check(made["level"] == "CanNotDelete" and made["type"] == "Microsoft.Authorization/locks", "it is made", made)
    network = made["id"].removesuffix("/providers/Microsoft.Authorization/locks/keep")
    shown = way.az("lock", "show", "-n", "keep", *group, *NETWORK).json
    check(shown == made == way.az("lock", "show", "--ids", made["id"]).json, "it is shown", (shown, made))
    child = way.az("lock", "create", "-n", "child", "-t", "ReadOnly", "--notes", "why", *group, *SUBNET).json
    check(child["notes"] == "why" and "/subnets/sub/" in child["id"], "a child is locked", child)
    check(names(way, *group, *NETWORK) == ["child", "keep"], "both are listed at the network")
    check(names(way, *group, *SUBNET) == ["child", "keep"], "both hold at the subnet")
    check(names(way, *group, "--filter-string", "atScope()") == [], "nothing holds at the group")
    stopped(way, "delete", f"{network},{network}/subnets/sub", "network", "vnet", "delete", *group, "-n", "net")
    way.az("lock", "delete", "-n", "child", *group, *SUBNET)
    stopped(way, "delete", network, "group", "delete", "-n", GROUP, "--yes")
    way.az("network", "vnet", "update", *group, "-n", "net", "--set", "tags.a=b")
    changed = way.az("lock", "update", "-n", "keep", "-t", "ReadOnly", "--notes", "frozen", *group, *NETWORK).json
    check((changed["level"], changed["notes"]) == ("ReadOnly", "frozen"), "it is changed", changed)
    stopped(way, "write", network, "network", "vnet", "update", *group, "-n", "net", "--set", "tags.a=c")
    way.az("lock", "delete", "--ids", made["id"])
    check(names(way) == [], "it is gone")


def locks_of_a_group(way):
    step("az group lock")
    made = way.az("group", "lock", "create", "-n", "group", "-g", GROUP, "-t", "ReadOnly").json
    check(made["id"] == f"{GROUP_ID}/providers/Microsoft.Authorization/locks/group", "it is made", made)
    check(way.az("group", "lock", "show", "-n", "group", "-g", GROUP).json == made, "it is shown")
    check(names(way, "-g", GROUP, *NETWORK) == ["group"], "it holds in the group")
    stopped(way, "write", GROUP_ID, "network", "nsg", "create", "-g", GROUP, "-n", "rules")
    stopped(way, "delete", GROUP_ID, "network", "vnet", "delete", "-g", GROUP, "-n", "net")
    way.az("group", "lock", "update", "-n", "group", "-g", GROUP, "-t", "CanNotDelete")
    way.az("network", "nsg", "create", "-g", GROUP, "-n", "rules")
    way.az("group", "lock", "delete", "-n", "group", "-g", GROUP)
    check(way.az("group", "lock", "list", "-g", GROUP).json == [], "it is gone")


def locks_of_the_subscription(way):
    step("az account lock")
    made = way.az("account", "lock", "create", "-n", "all", "-t", "CanNotDelete").json
    check(made["id"] == f"{SUBSCRIPTION}/providers/Microsoft.Authorization/locks/all", "it is made", made)
    check(way.az("account", "lock", "show", "-n", "all").json == made, "it is shown")
    check([lock["name"] for lock in way.az("account", "lock", "list").json] == ["all"], "it is listed")
    stopped(way, "delete", SUBSCRIPTION, "group", "delete", "-n", GROUP, "--yes")
    way.az("account", "lock", "delete", "-n", "all")


def unlocked(way):
    step("what nothing locks goes")
    way.az("group", "delete", "-n", GROUP, "--yes")
    check(way.az("group", "exists", "-n", GROUP).json is False, "the group is gone")


cloud = owner()
set_up(cloud)
locks_of_a_resource(cloud)
locks_of_a_group(cloud)
locks_of_the_subscription(cloud)
unlocked(cloud)
