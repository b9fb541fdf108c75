"""People and groups with the real Azure CLI: `directory_people.py`, every command of `az ad user` and `az ad group`."""

from callers import Application, owner
from world import check, step


def ad(way, *arguments, code=0):
    """`az ad …`."""
    return way.az("ad", *arguments, code=code)


def people(way):
    step("user create, list, show, update")
    create = ["user", "create", "--display-name", "Grace Hopper", "--password", "Test1234!!"]
    name = ["--user-principal-name", "grace@smalt.onmicrosoft.com"]
    made = ad(way, *create, *name, "--force-change-password-next-sign-in", "false").json
    refused = ad(way, *create, *name, code=1)
    check("userPrincipalName already exists" in refused.err, "a sign-in name has one person", refused)
    for identifier in (made["id"], made["userPrincipalName"]):
        check(ad(way, "user", "show", "--id", identifier).json["id"] == made["id"], "found by id and name")
    for filters in (["--display-name", "Gra"], ["--upn", name[1]], ["--filter", "startswith(displayName,'Grace')"], []):
        check(made["id"] in [user["id"] for user in ad(way, "user", "list", *filters).json], "listed", filters)
    ad(way, "user", "update", "--id", made["id"], "--display-name", "Admiral Hopper", "--account-enabled", "false")
    check(ad(way, "user", "show", "--id", made["id"]).json["displayName"] == "Admiral Hopper", "changed")
    missing = ad(way, "user", "show", "--id", "nobody@smalt.onmicrosoft.com", code=3)
    check("does not exist or one of its queried" in missing.err, "who is not there is not found", missing)
    refused = ad(way, "signed-in-user", "show", code=1)
    check("/me request is only valid with delegated authentication flow." in refused.err, "applications have no /me", refused)
    return made


def groups(way, person):
    step("group create, list, show, member add, list, check, remove, owner add, list, remove, get-member-groups")
    inner = ad(way, "group", "create", "--display-name", "inner", "--mail-nickname", "inner", "--description", "d").json
    same = ad(way, "group", "create", "--display-name", "inner", "--mail-nickname", "inner").json
    check(same["id"] == inner["id"], "a group of that name is taken as it is", same)
    outer = ad(way, "group", "create", "--display-name", "outer", "--mail-nickname", "outer").json
    check(ad(way, "group", "show", "--group", "inner").json["id"] == inner["id"], "found by name")
    listed = ad(way, "group", "list", "--display-name", "inn").json
    check([group["description"] for group in listed] == ["d"], "listed", listed)
    robot = Application(way, "robot")
    for group, member in (("inner", person["id"]), ("inner", robot.id), ("outer", inner["id"])):
        ad(way, "group", "member", "add", "--group", group, "--member-id", member)
    twice = ad(way, "group", "member", "add", "--group", "inner", "--member-id", robot.id, code=1)
    check("object references already exist" in twice.err, "nobody is in it twice", twice)
    members = ad(way, "group", "member", "list", "--group", "inner").json
    types = sorted(member["@odata.type"] for member in members)
    check(types == ["#microsoft.graph.servicePrincipal", "#microsoft.graph.user"], "both are in", members)
    for group, held in (("inner", True), ("outer", True)):
        answer = ad(way, "group", "member", "check", "--group", group, "--member-id", person["id"]).json
        check(answer["value"] is held, "membership is felt through groups", group)
    of_person = ad(way, "user", "get-member-groups", "--id", person["id"]).json
    check(sorted(group["displayName"] for group in of_person) == ["inner", "outer"], "both groups", of_person)
    of_group = ad(way, "group", "get-member-groups", "--group", "inner").json
    check(of_group == [outer["id"]], "groups of a group", of_group)
    ad(way, "group", "member", "remove", "--group", "inner", "--member-id", person["id"])
    answer = ad(way, "group", "member", "check", "--group", "outer", "--member-id", person["id"]).json
    check(answer["value"] is False, "and gone through groups", answer)
    owner_of = ["--group", "inner", "--owner-object-id", person["id"]]
    ad(way, "group", "owner", "add", *owner_of)
    ad(way, "group", "owner", "add", "--group", "inner", "--owner-object-id", robot.id)
    names = sorted(o["displayName"] for o in ad(way, "group", "owner", "list", "--group", "inner").json)
    check(names == ["Admiral Hopper", "robot"], "both own it", names)
    ad(way, "group", "owner", "remove", *owner_of)
    check(len(ad(way, "group", "owner", "list", "--group", "inner").json) == 1, "one owns it")


def take_away(way, person):
    step("group delete, user delete")
    for group in ("inner", "outer"):
        ad(way, "group", "delete", "--group", group)
    check(ad(way, "group", "list").json == [], "no group is left")
    ad(way, "user", "delete", "--id", person["id"])
    ad(way, "user", "show", "--id", person["id"], code=3)


custom = owner()
grace = people(custom)
groups(custom, grace)
take_away(custom, grace)
