"""Credentials that find out by themselves who they are, with Azure's SDKs for Python, JavaScript and Rust: from the environment,
from the Azure CLI, and from the machine. In a VM there is nothing else to find: the SDKs look for its metadata service by
themselves.
"""

import json
import os

import owner
from world import AZ, CLIENTS, check, custom_cloud, inside, interception, step

CLIENT, TENANT = owner.WORLD["SMALT_CLIENT_ID"], owner.WORLD["SMALT_TENANT_ID"]
PRINCIPAL = owner.vm("VM1")
APPLICATIONS = {
    "Python": [str(CLIENTS / "sdk" / "bin" / "python"), "host_token.py"],
    "JavaScript": ["node", str(CLIENTS / "javascript" / "token.mjs")],
    "Rust": [str(CLIENTS / "rust" / "target" / "debug" / "rust-sdk"), "token"],
}
# The SDK for Rust has no class that reads the environment, and none that tries the machine.
HAS = {"Rust": ("AzureCliCredential", "ManagedIdentityCredential")}


def token_of(way, sdk, credential, claim, value):
    if credential in HAS.get(sdk, (credential,)):
        step(f"{way.name}: {sdk}, {credential}")
        answer = way.run(*APPLICATIONS[sdk], json.dumps(credential))
        check(answer.json.get(claim) == value, f"the token's {claim} is {value}", answer)


for way in (custom_cloud(), interception()):
    way.az("login", "--service-principal", "-u", CLIENT, f"-p={owner.WORLD['SMALT_CLIENT_SECRET']}", "--tenant", TENANT)
    # Where the SDKs look for the Azure CLI.
    way.variables["PATH"] = f"{os.path.dirname(AZ)}:{os.environ['PATH']}"
    for sdk in APPLICATIONS:
        token_of(way, sdk, "AzureCliCredential", "appid", CLIENT)
        if way.name == "intercept":
            # A custom cloud has to be named in code.
            token_of(way, sdk, "EnvironmentCredential", "appid", CLIENT)
            token_of(way, sdk, "DefaultAzureCredential", "appid", CLIENT)

for sdk in APPLICATIONS:
    for credential in ("ManagedIdentityCredential", "DefaultAzureCredential"):
        token_of(inside("VM1", owner.GROUP), sdk, credential, "oid", PRINCIPAL)
