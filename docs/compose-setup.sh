#!/bin/sh
# Makes the resource group and the two VMs that docker-compose.yml's containers stand for. Runs in the control plane's
# network namespace, with its state mounted.
set -eu
eval "$(smalt env --state /var/lib/smalt)"
token=$(curl -sf --cacert "$SMALT_CA" "$SMALT_ENTRA/$SMALT_TENANT_ID/oauth2/v2.0/token" \
    -d grant_type=client_credentials -d client_id="$SMALT_CLIENT_ID" --data-urlencode client_secret="$SMALT_CLIENT_SECRET" \
    -d scope=https://management.azure.com/.default | sed 's/.*"access_token":"\([^"]*\)".*/\1/')
put() {
    curl -sf --cacert "$SMALT_CA" -X PUT "$SMALT_ARM$1?api-version=2024-11-01" -H "Authorization: Bearer $token" \
        -H 'Content-Type: application/json' -d "$2" >/dev/null
}
group=/subscriptions/$SMALT_SUBSCRIPTION_ID/resourceGroups/MI-RG
put "$group" '{"location":"westeurope"}'
for vm in VM1 VM2; do
    put "$group/providers/Microsoft.Compute/virtualMachines/$vm" \
        '{"location":"westeurope","identity":{"type":"SystemAssigned"},"properties":{"hardwareProfile":{"vmSize":"Standard_B1s"}}}'
    echo "$vm is running"
done
