"""Azure's SDK for Python, unmodified: tokens by secret, by certificate, by another issuer's word and by managed identity,
and what they are good for. Run as a custom cloud, where an application names its cloud; and by interception, where it names nothing.
"""

import os

import owner
from world import check, environment, step

RESOURCE_MANAGER = owner.WORLD["SMALT_ARM"]


def lists(credential, custom):
    """What the credential is good for: the group's VMs and resources."""
    from azure.mgmt.compute import ComputeManagementClient
    from azure.mgmt.resource.resources import ResourceManagementClient

    cloud = {"base_url": RESOURCE_MANAGER, "credential_scopes": [f"{RESOURCE_MANAGER}/.default"]} if custom else {}
    subscription = owner.WORLD["SMALT_SUBSCRIPTION_ID"]
    with ComputeManagementClient(credential, subscription, **cloud) as compute:
        machines = list(compute.virtual_machines.list(owner.GROUP))
    check([vm.name for vm in machines] == ["VM1"], "the VM is listed", machines)
    check(machines[0].identity.principal_id == PRINCIPAL, "with its identity", machines[0].identity)
    with ResourceManagementClient(credential, subscription, **cloud) as resources:
        types = {r.type for r in resources.resources.list_by_resource_group(owner.GROUP)}
    check("Microsoft.Compute/virtualMachines" in types, "the resources are listed", types)


def credentials(custom):
    from azure.identity import (
        CertificateCredential,
        ClientAssertionCredential,
        ClientSecretCredential,
        ManagedIdentityCredential,
        WorkloadIdentityCredential,
    )

    cloud = {"authority": owner.WORLD["SMALT_ENTRA"], "disable_instance_discovery": True} if custom else {}
    who = {"tenant_id": owner.WORLD["SMALT_TENANT_ID"], "client_id": owner.WORLD["SMALT_CLIENT_ID"]}
    yield "secret", ClientSecretCredential(**who, client_secret=owner.WORLD["SMALT_CLIENT_SECRET"], **cloud)
    yield "certificate", CertificateCredential(**who, certificate_path=str(PEM), **cloud)
    yield "workload identity", WorkloadIdentityCredential(**who, token_file_path=str(FEDERATED_TOKEN), **cloud)
    yield "client assertion", ClientAssertionCredential(**who, func=FEDERATED_TOKEN.read_text, **cloud)
    yield "managed identity", ManagedIdentityCredential()


def enter(*way):
    """Replaces the variables of one way in by those of another."""
    for name in owner.WORLD | environment("--intercept"):
        os.environ.pop(name, None)
    os.environ.update(environment(*way, "--vm", "VM1", "-g", owner.GROUP))


PRINCIPAL = owner.vm("VM1")
owner.let_read(PRINCIPAL)
PEM, _ = owner.certificate()
FEDERATED_TOKEN = owner.federated_token("system:serviceaccount:ns:web")
for name, way in [("custom cloud", ()), ("interception", ("--intercept",))]:
    enter(*way)
    for kind, credential in credentials(custom=not way):
        step(f"{name}: {kind}")
        with credential:
            lists(credential, custom=not way)
