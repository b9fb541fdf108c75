"""Conditions of role assignments with the real Azure CLI: the right to assign roles, handed on in part, and what is no
condition.
"""

import json

from callers import SUBSCRIPTION, Application, owner
from world import check, step

READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def only(role):
    """The condition under which this role alone is given and taken away."""
    attribute = "[Microsoft.Authorization/roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals"
    clauses = [
        f"((!(ActionMatches{{'Microsoft.Authorization/roleAssignments/{verb}'}})) OR ({source}{attribute} {{{role}}}))"
        for verb, source in [("write", "@Request"), ("delete", "@Resource")]
    ]
    return " AND ".join(clauses)


def assign(way, who, role, *more, code=0):
    return way.az("role", "assignment", "create", *who, "--role", role, "--scope", SUBSCRIPTION, *more, code=code)


def refused(answer, verb):
    said = f"an ABAC condition not fulfilled to perform action 'Microsoft.Authorization/roleAssignments/{verb}'"
    check("(AuthorizationFailed)" in answer.err and said in answer.err, "the condition refuses it", answer)


def hand_on(way, delegate):
    step("az role assignment create --condition")
    condition = ["--condition", only(READER), "--condition-version", "2.0", "--description", "Readers only"]
    made = assign(way, delegate.assignee(), "Role Based Access Control Administrator", *condition).json
    told = (made["condition"], made["conditionVersion"], made["description"])
    check(told == (only(READER), "2.0", "Readers only"), "it is kept", made)
    listed = way.az("role", "assignment", "list", "--assignee", delegate.client_id).json
    check([found["condition"] for found in listed] == [only(READER)], "it is listed", listed)
    return listed[0]


def use(way, delegate, somebody):
    step("what the delegate may give and take away, and what not")
    caller = delegate.signed_in()
    reader = assign(caller, somebody.assignee(), "Reader").json
    refused(assign(caller, somebody.assignee(), "Contributor", code=1), "write")
    refused(assign(caller, delegate.assignee(), "Owner", code=1), "write")
    contributor = assign(way, somebody.assignee(), "Contributor").json
    caller.az("role", "assignment", "delete", "--ids", reader["id"])
    refused(caller.az("role", "assignment", "delete", "--ids", contributor["id"], code=1), "delete")
    return caller


def change(way, given, caller, somebody):
    step("az role assignment update: the condition is another one at the next request")
    updated = {**given, "condition": only(CONTRIBUTOR)}
    way.az("role", "assignment", "update", "--role-assignment", json.dumps(updated))
    refused(assign(caller, somebody.assignee(), "Reader", code=1), "write")
    caller.az("role", "assignment", "delete", "--assignee", somebody.id, "--role", CONTRIBUTOR, "--scope", SUBSCRIPTION)


def no_conditions(way, somebody):
    step("what is no condition")
    for condition, version, said in [
        ("@Resource[a] StringEquals", "2.0", "expected a value or an attribute, found the end at character 26."),
        ("ActionMatches{'Microsoft.Compute/virtualMachines/read'}", "2.0", "does not support conditions"),
        (only(READER), "1.0", "The condition version must be '2.0'"),
    ]:
        more = ["--condition", condition, "--condition-version", version]
        answer = assign(way, somebody.assignee(), "Reader", *more, code=1)
        check("The given role assignment condition is invalid." in answer.err and said in answer.err, said, answer)


cloud = owner()
delegate, somebody = Application(cloud, "delegate"), Application(cloud, "somebody")
given = hand_on(cloud, delegate)
caller = use(cloud, delegate, somebody)
change(cloud, given, caller, somebody)
no_conditions(cloud, somebody)
