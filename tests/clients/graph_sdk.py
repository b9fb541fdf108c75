"""Microsoft Graph's SDK for Python, unmodified, by interception: it knows no address but graph.microsoft.com."""

import asyncio
import os

import owner
from world import check, environment, step

os.environ.update(environment("--intercept"))

from azure.identity import ClientSecretCredential
from kiota_abstractions.base_request_configuration import RequestConfiguration
from kiota_abstractions.headers_collection import HeadersCollection
from msgraph import GraphServiceClient
from msgraph.generated.applications.item.add_password.add_password_post_request_body import AddPasswordPostRequestBody
from msgraph.generated.models.application import Application
from msgraph.generated.models.group import Group
from msgraph.generated.models.o_data_errors.o_data_error import ODataError
from msgraph.generated.models.password_profile import PasswordProfile
from msgraph.generated.models.reference_create import ReferenceCreate
from msgraph.generated.models.reference_update import ReferenceUpdate
from msgraph.generated.models.user import User
from msgraph.generated.users.users_request_builder import UsersRequestBuilder
from msgraph_core.requests.batch_request_content import BatchRequestContent
from msgraph_core.requests.batch_request_item import BatchRequestItem
from msgraph_core.tasks.page_iterator import PageIterator

WORLD = owner.WORLD
OBJECTS = "https://graph.microsoft.com/v1.0/directoryObjects"


def users_query(advanced=False, **options):
    headers = HeadersCollection()
    if advanced:
        headers.add("ConsistencyLevel", "eventual")
    query = UsersRequestBuilder.UsersRequestBuilderGetQueryParameters(**options)
    return RequestConfiguration(query_parameters=query, headers=headers)


async def refused(asked, status, code):
    try:
        await asked
    except ODataError as error:
        check((error.response_status_code, error.error.code) == (status, code), f"{status} {code}", error)
        check(error.error.inner_error.request_id, "the error names its request", error)
    else:
        check(False, f"{code} is refused", asked)


async def people(graph):
    step("users: made, in pages, filtered, counted")
    domain = (await graph.organization.get()).value[0].verified_domains[0].name
    made = []
    for number in range(5):
        profile = PasswordProfile(password="Test1234!!", force_change_password_next_sign_in=False)
        name = f"sdk{number}"
        wanted = User(display_name=name, mail_nickname=name, user_principal_name=f"{name}@{domain}")
        wanted.account_enabled, wanted.password_profile = True, profile
        made.append(await graph.users.post(wanted))
    page = await graph.users.get(users_query(top=2, select=["id", "displayName"]))
    check(page.odata_next_link.startswith("https://graph.microsoft.com/v1.0/users?"), "the link leads to Graph", page)
    found = []
    await PageIterator(page, graph.request_adapter).iterate(lambda user: found.append(user.display_name) or True)
    check({user.display_name for user in made} <= set(found), "every page is read", found)
    check(len(found) == len(set(found)), "and nobody is on two", found)
    ends = {"filter": "endswith(displayName,'3')", "count": True}
    counted = await graph.users.get(users_query(advanced=True, **ends))
    check((counted.odata_count, counted.value[0].display_name) == (1, "sdk3"), "an advanced query", counted)
    await refused(graph.users.get(users_query(**ends)), 400, "Request_UnsupportedQuery")
    await refused(graph.users.by_user_id("nobody@nowhere").get(), 404, "Request_ResourceNotFound")
    await refused(graph.me.get(), 400, "BadRequest")

    step("users: whom they report to, and what changed since")
    await graph.users.by_user_id(made[0].id).manager.ref.put(ReferenceUpdate(odata_id=f"{OBJECTS}/{made[1].id}"))
    check((await graph.users.by_user_id(made[0].id).manager.get()).id == made[1].id, "the manager", made[1])
    delta = await graph.users.delta.get()
    check(delta.odata_delta_link, "a link to what changes", delta)
    await graph.users.by_user_id(made[4].id).delete()
    changed = await graph.users.delta.with_url(delta.odata_delta_link).get()
    check([user.id for user in changed.value] == [made[4].id], "one is removed", changed.value)
    check("@removed" in changed.value[0].additional_data, "and said to be", changed.value)
    return made[:4]


async def groups(graph, members):
    step("groups: with members from the start, narrowed, as references")
    wanted = Group(display_name="sdk group", mail_nickname="sdkgroup", mail_enabled=False, security_enabled=True)
    wanted.additional_data = {"members@odata.bind": [f"{OBJECTS}/{member.id}" for member in members[:2]]}
    group = graph.groups.by_group_id((await graph.groups.post(wanted)).id)
    await group.members.ref.post(ReferenceCreate(odata_id=f"{OBJECTS}/{members[2].id}"))
    expected = {member.id for member in members[:3]}
    narrowed = await group.members.graph_user.get()
    check({user.id for user in narrowed.value} == expected, "the members who are people", narrowed)
    # The SDK takes references for texts, which they are not, and keeps nothing of them but their number.
    references = (await group.members.ref.get()).value
    check(len(references) == 3, "a reference for each", references)
    again = group.members.ref.post(ReferenceCreate(odata_id=f"{OBJECTS}/{members[2].id}"))
    await refused(again, 400, "Request_BadRequest")
    await group.members.by_directory_object_id(members[2].id).ref.delete()
    check(await group.transitive_members.graph_user.count.get(counting()) == 2, "the number of members", group)


def counting():
    headers = HeadersCollection()
    headers.add("ConsistencyLevel", "eventual")
    return RequestConfiguration(headers=headers)


async def applications(graph):
    step("applications: made once by their unique name, found by their application id, with a secret")
    by_name = graph.applications_with_unique_name("sdk-shop")
    upsert = RequestConfiguration(headers=HeadersCollection())
    upsert.headers.add("Prefer", "create-if-missing")
    made = await by_name.patch(Application(display_name="sdk shop"), upsert)
    check((await by_name.get()).id == made.id, "found by its name", made)
    check((await graph.applications_with_app_id(made.app_id).get()).id == made.id, "and by its application id", made)
    secret = await graph.applications.by_application_id(made.id).add_password.post(AddPasswordPostRequestBody())
    check(secret.secret_text and secret.hint == secret.secret_text[:3], "a secret", secret)
    listed = await graph.applications.get()
    check(made.id in {application.id for application in listed.value}, "listed", listed)


async def batch(graph):
    step("a batch")
    content = BatchRequestContent()
    asked = [graph.users.to_get_request_information(), graph.groups.by_group_id("none").to_get_request_information()]
    items = [BatchRequestItem(information) for information in asked]
    for information, item in zip(asked, items):
        content.add_request(item.id, item)
    answers = await graph.batch.post(content)
    statuses = [answers.get_response_by_id(item.id).status for item in items]
    check(statuses == [200, 400], "each has its own answer", statuses)


async def main():
    who = WORLD["SMALT_TENANT_ID"], WORLD["SMALT_CLIENT_ID"], WORLD["SMALT_CLIENT_SECRET"]
    graph = GraphServiceClient(ClientSecretCredential(*who))
    await groups(graph, await people(graph))
    await applications(graph)
    await batch(graph)


asyncio.run(main())
