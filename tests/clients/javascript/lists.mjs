// Azure's SDK for JavaScript, unmodified: what a credential is good for. `node lists.mjs secret|certificate|workload|assertion|identity`.
// With RESOURCE_MANAGER the application names a custom cloud; without it, it names nothing.

import { ComputeManagementClient } from "@azure/arm-compute";
import { ResourceManagementClient } from "@azure/arm-resources";
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
  ManagedIdentityCredential,
  WorkloadIdentityCredential,
} from "@azure/identity";
import { readFile } from "node:fs/promises";

const { AZURE_TENANT_ID: tenant, AZURE_CLIENT_ID: client, AZURE_SUBSCRIPTION_ID: subscription } = process.env;
const { RESOURCE_MANAGER: endpoint, AZURE_AUTHORITY_HOST: authorityHost } = process.env;
const authority = endpoint ? { authorityHost, disableInstanceDiscovery: true } : {};
const cloud = endpoint ? { endpoint, credentials: { scopes: [`${endpoint}/.default`] } } : {};

const federatedToken = () => readFile(process.env.AZURE_FEDERATED_TOKEN_FILE, "utf8");

const credentials = {
  secret: () => new ClientSecretCredential(tenant, client, process.env.AZURE_CLIENT_SECRET, authority),
  certificate: () =>
    new ClientCertificateCredential(tenant, client, { certificatePath: process.env.CERTIFICATE_PEM }, authority),
  workload: () => new WorkloadIdentityCredential(authority),
  assertion: () => new ClientAssertionCredential(tenant, client, federatedToken, authority),
  identity: () => new ManagedIdentityCredential(),
};
const credential = credentials[process.argv[2]]();

async function all(pages, show) {
  const shown = [];
  for await (const item of pages) shown.push(show(item));
  return shown;
}

const compute = new ComputeManagementClient(credential, subscription, cloud);
const resources = new ResourceManagementClient(credential, subscription, cloud);
const answer = {
  machines: await all(compute.virtualMachines.list(process.env.GROUP), (vm) => [vm.name, vm.identity.principalId]),
  types: await all(resources.resources.listByResourceGroup(process.env.GROUP), (resource) => resource.type),
};
console.log(JSON.stringify(answer));
