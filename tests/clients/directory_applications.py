"""Applications and service principals with the real Azure CLI: `directory_applications.py`, every command of `az ad app` and
`az ad sp` but `federated-credential`.
"""

import json

from callers import OWNER, TENANT, Application, owner, sign_in
from world import SCRATCH, Way, check, custom_cloud, interception, step

GRAPH = "00000003-0000-0000-c000-000000000000"
USER_READ, USER_READ_ALL = "e1fe6dd8-ba31-4d61-89e7-88639da4683d", "df021288-bdef-4463-88db-98f22de89214"


def ad(way, *arguments, code=0):
    """`az ad …`."""
    return way.az("ad", *arguments, code=code)


def applications(way):
    step("app create, list, show, update, delete")
    roles = SCRATCH / "roles.json"
    role = {"allowedMemberTypes": ["Application"], "displayName": "Writer", "description": "Writes", "value": "Task.Write"}
    roles.write_text(json.dumps([{**role, "isEnabled": True}]))
    uris = ["--identifier-uris", f"api://shop-{TENANT}", "--web-redirect-uris", "https://localhost/cb"]
    made = ad(way, "app", "create", "--display-name", "shop", *uris, "--app-roles", f"@{roles}").json
    check(made["appRoles"][0]["value"] == "Task.Write", "the role is made", made)
    check(ad(way, "app", "create", "--display-name", "shop", *uris).json["id"] == made["id"], "making it again patches it")
    for identifier in (made["appId"], made["id"], f"api://shop-{TENANT}"):
        check(ad(way, "app", "show", "--id", identifier).json["id"] == made["id"], "found by any of its names", identifier)
    for filters in (["--display-name", "sho"], ["--app-id", made["appId"]], ["--filter", "displayName eq 'shop'"], ["--all"]):
        listed = [app["id"] for app in ad(way, "app", "list", *filters).json]
        check(made["id"] in listed, "it is listed", filters)
    update = ["--set", "notes=tested", "--sign-in-audience", "AzureADMyOrg", "--enable-id-token-issuance", "true"]
    ad(way, "app", "update", "--id", made["appId"], *update)
    shown = ad(way, "app", "show", "--id", made["appId"]).json
    seen = (shown["notes"], shown["signInAudience"], shown["web"]["implicitGrantSettings"]["enableIdTokenIssuance"])
    check(seen == ("tested", "AzureADMyOrg", True), "it is changed", shown)
    refused = ad(way, "app", "create", "--display-name", "thief", *uris[:2], code=1)
    check("identifierUris already exists" in refused.err, "a URI has one application", refused)
    return made


def credentials(way, noun, identifier):
    step(f"{noun} credential reset, list, delete; with a secret and with a certificate")
    of = ["--id", identifier]
    first = ad(way, noun, "credential", "reset", *of, "--display-name", "one").json
    second = ad(way, noun, "credential", "reset", *of, "--append", "--years", "2").json
    check(first["appId"] == second["appId"] and first["password"] != second["password"], "there are two", second)
    listed = ad(way, noun, "credential", "list", *of).json
    check(len(listed) == 2 and listed[0]["displayName"] == "one", "both are listed", listed)
    ad(way, noun, "credential", "delete", *of, "--key-id", listed[0]["keyId"])
    check(len(ad(way, noun, "credential", "list", *of).json) == 1, "one is left")
    refused = ad(way, noun, "credential", "delete", *of, "--key-id", TENANT, code=1)
    check("No password credential found" in refused.err, "what is not there is not deleted", refused)
    made = ad(way, noun, "credential", "reset", *of, "--create-cert", "--append").json
    check(len(ad(way, noun, "credential", "list", *of, "--cert").json) == 1, "the certificate is listed", made)
    return made["fileWithCertAndPrivateKey"], second["password"]


def owners(way, app, somebody):
    step("app owner add, list, remove")
    of, who = ["--id", app["appId"]], ["--owner-object-id", somebody.id]
    ad(way, "app", "owner", "add", *of, *who)
    ad(way, "app", "owner", "add", *of, *who)
    check([o["id"] for o in ad(way, "app", "owner", "list", *of).json] == [somebody.id], "an owner is added once")
    ad(way, "app", "owner", "remove", *of, *who)
    check(ad(way, "app", "owner", "list", *of).json == [], "and taken away")


def principals(way, app):
    step("sp create, list, show, update, owner list")
    made = ad(way, "sp", "create", "--id", app["appId"]).json
    check(made["servicePrincipalNames"][0] == app["appId"], "it answers to its application", made)
    taken = ad(way, "sp", "create", "--id", app["appId"], code=1)
    check("already in use" in taken.err, "an application has one", taken)
    for filters in (["--display-name", "sho"], ["--spn", app["appId"]], ["--filter", f"appId eq '{app['appId']}'"], ["--all"]):
        check(made["id"] in [p["id"] for p in ad(way, "sp", "list", *filters).json], "it is listed", filters)
    ad(way, "sp", "update", "--id", made["id"], "--set", "tags=['WindowsAzureActiveDirectoryIntegratedApp']")
    check(ad(way, "sp", "show", "--id", made["id"]).json["tags"] != [], "it is changed")
    check(ad(way, "sp", "owner", "list", "--id", made["id"]).json == [], "nobody owns it")
    return made


def permissions(way, app):
    step("app permission add, list, grant, list-grants, delete, admin-consent")
    of, api = ["--id", app["appId"]], ["--api", GRAPH]
    ad(way, "app", "permission", "add", *of, *api, "--api-permissions", f"{USER_READ}=Scope", f"{USER_READ_ALL}=Role")
    wanted = ad(way, "app", "permission", "list", *of).json
    check([len(resource["resourceAccess"]) for resource in wanted] == [2], "both are wanted", wanted)
    ad(way, "app", "permission", "grant", *of, *api, "--scope", "User.Read")
    ad(way, "app", "permission", "grant", *of, *api, "--scope", "User.Read", "Group.Read.All")
    granted = ad(way, "app", "permission", "list-grants", *of, "--show-resource-name").json
    seen = [(grant["scope"], grant["resourceDisplayName"]) for grant in granted]
    check(seen == [("User.Read Group.Read.All", "Microsoft Graph")], "a new grant replaces the old one", granted)
    ad(way, "app", "permission", "delete", *of, *api, "--api-permissions", USER_READ)
    left = ad(way, "app", "permission", "list", *of).json[0]["resourceAccess"]
    check([permission["id"] for permission in left] == [USER_READ_ALL], "one is left", left)
    refused = ad(way, "app", "permission", "admin-consent", *of, code=1)
    check("not yet supported on sovereign clouds" in refused.err, "the CLI itself refuses it here", refused)


def graph_roles(way, principal, app, secret):
    step("an app role on Microsoft Graph lets an application read people, and no more")
    url = f"https://graph.microsoft.com/v1.0/servicePrincipals/{principal['id']}/appRoleAssignments"
    graph = ad(way, "sp", "show", "--id", GRAPH).json
    role = next(role for role in graph["appRoles"] if role["value"] == "User.Read.All")
    body = {"principalId": principal["id"], "resourceId": graph["id"], "appRoleId": role["id"]}
    before = sign_in(Way("before", way.variables), app["appId"], secret)
    refused = ad(before, "user", "list", code=1)
    check("Insufficient privileges to complete the operation." in refused.err, "without it nothing is read", refused)
    way.az("rest", "--method", "post", "--url", url.replace("https://graph.microsoft.com", ORIGIN), "--body", json.dumps(body))
    after = sign_in(Way("after", way.variables), app["appId"], secret)
    check(len(ad(after, "user", "list").json) >= 1, "people are read")
    refused = ad(after, "group", "list", code=1)
    check("Insufficient privileges" in refused.err, "groups are not", refused)


def for_rbac(way):
    step("sp create-for-rbac: with a secret, with a certificate, again, with a role")
    made = ad(way, "sp", "create-for-rbac", "-n", "robot").json
    again = ad(way, "sp", "create-for-rbac", "-n", "robot").json
    check(made["appId"] == again["appId"] and made["password"] != again["password"], "it is patched", again)
    scope = f"/subscriptions/{way.az('account', 'show').json['id']}"
    reader = ad(way, "sp", "create-for-rbac", "-n", "reader", "--role", "Reader", "--scopes", scope, "--create-cert").json
    signed_in = Way("reader", way.variables)
    who = ["-u", reader["appId"], "--certificate", reader["fileWithCertAndPrivateKey"], "--tenant", TENANT]
    signed_in.az("login", "--service-principal", *who)
    check(signed_in.az("group", "list").json == [], "it reads the subscription by its certificate")


def consent(app):
    step("app permission admin-consent, which the CLI has in Azure's own cloud alone")
    way = sign_in(interception(), OWNER["SMALT_CLIENT_ID"], OWNER["SMALT_CLIENT_SECRET"])
    of = ["--id", app["appId"]]
    ad(way, "app", "permission", "add", *of, "--api", GRAPH, "--api-permissions", f"{USER_READ}=Scope")
    for _ in "twice":
        ad(way, "app", "permission", "admin-consent", *of)
    granted = [grant["scope"] for grant in ad(way, "app", "permission", "list-grants", *of).json]
    check(granted == ["User.Read Group.Read.All"], "what was granted stays, and comes once", granted)
    principal = ad(way, "sp", "show", *of).json["id"]
    roles = way.az("rest", "--url", f"https://graph.microsoft.com/v1.0/servicePrincipals/{principal}/appRoleAssignments")
    check([role["appRoleId"] for role in roles.json["value"]] == [USER_READ_ALL], "the role is assigned", roles)


def take_away(way, app, principal):
    step("sp delete, app delete, and what can be restored")
    ad(way, "sp", "delete", "--id", principal["id"])
    gone = ad(way, "sp", "show", "--id", principal["id"], code=3)
    check("does not exist or one of its queried reference-property objects" in gone.err, "the principal is gone", gone)
    ad(way, "app", "delete", "--id", app["appId"])
    ad(way, "app", "show", "--id", app["appId"], code=3)
    deleted = f"{ORIGIN}/v1.0/directory/deletedItems"
    listed = way.az("rest", "--url", f"{deleted}/microsoft.graph.application").json["value"]
    check([item["id"] for item in listed] == [app["id"]], "the application can be restored", listed)
    way.az("rest", "--method", "post", "--url", f"{deleted}/{app['id']}/restore")
    check(ad(way, "app", "show", "--id", app["appId"]).json["notes"] == "tested", "it is as it was")
    ad(way, "app", "delete", "--id", app["appId"])
    way.az("rest", "--method", "delete", "--url", f"{deleted}/{app['id']}")
    way.az("rest", "--url", f"{deleted}/{app['id']}", code=1)


custom = owner()
ORIGIN = custom_cloud().variables["SMALT_GRAPH"].rstrip("/")
shop = applications(custom)
credentials(custom, "app", shop["appId"])
owners(custom, shop, Application(custom, "owner-to-be"))
shop_principal = principals(custom, shop)
permissions(custom, shop)
_, password = credentials(custom, "sp", shop_principal["id"])
graph_roles(custom, shop_principal, shop, password)
for_rbac(custom)
consent(shop)
take_away(custom, shop, shop_principal)
