"""Azure's SDK for Rust, unmodified, as a custom cloud, by interception and inside a VM.

Its managed identity knows no address but 169.254.169.254, so it is asked for inside a VM only.
"""

import owner
from world import CLIENTS, check, custom_cloud, inside, interception, step

PRINCIPAL = owner.vm("VM1")
owner.let_read(PRINCIPAL)
_, PFX = owner.certificate()
FEDERATED_TOKEN = owner.federated_token("system:serviceaccount:ns:web")
BINARY = CLIENTS / "rust" / "target" / "debug" / "rust-sdk"


def lists(way, kind, resource_manager):
    step(f"{way.name}: {kind}")
    way.variables |= {"RESOURCE_MANAGER": resource_manager, "GROUP_ID": owner.GROUP_ID}
    way.variables |= {"CERTIFICATE_PFX": str(PFX), "CERTIFICATE_PASSWORD": owner.PASSWORD}
    way.variables["AZURE_FEDERATED_TOKEN_FILE"] = str(FEDERATED_TOKEN)
    answer = way.run(str(BINARY), kind)
    status, _, answer.out = answer.out.partition(" ")
    check(status == "200" and "VM1" in [r["name"] for r in answer.json["value"]], "the resources are listed", answer)


for kind in ("secret", "certificate", "workload", "assertion"):
    lists(custom_cloud(), kind, owner.WORLD["SMALT_ARM"])
    lists(interception(), kind, owner.ARM)
lists(inside("VM1", owner.GROUP), "identity", owner.ARM)
