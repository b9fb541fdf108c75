"""Azure's SDK for JavaScript, unmodified, as a custom cloud, by interception and inside a VM."""

import owner
from world import CLIENTS, check, custom_cloud, inside, interception, step

PRINCIPAL = owner.vm("VM1")
owner.let_read(PRINCIPAL)
PEM, _ = owner.certificate()
FEDERATED_TOKEN = owner.federated_token("repo:octo-org/octo-repo:ref:refs/heads/main")
OF_VM1 = ("--vm", "VM1", "-g", owner.GROUP)
IN_THE_VM = {"AZURE_SUBSCRIPTION_ID": owner.WORLD["AZURE_SUBSCRIPTION_ID"]}


def lists(way, kind, variables):
    step(f"{way.name}: {kind}")
    way.variables |= variables | {"GROUP": owner.GROUP, "CERTIFICATE_PEM": str(PEM)}
    way.variables["AZURE_FEDERATED_TOKEN_FILE"] = str(FEDERATED_TOKEN)
    answer = way.run("node", str(CLIENTS / "javascript" / "lists.mjs"), kind).json
    check(answer["machines"] == [["VM1", PRINCIPAL]], "the VM is listed with its identity", answer)
    check("Microsoft.Compute/virtualMachines" in answer["types"], "the resources are listed", answer)


for kind in ("secret", "certificate", "workload", "assertion", "identity"):
    lists(custom_cloud(*OF_VM1), kind, {"RESOURCE_MANAGER": owner.WORLD["SMALT_ARM"]})
    lists(interception(*OF_VM1), kind, {})
lists(inside("VM1", owner.GROUP), "identity", IN_THE_VM)
