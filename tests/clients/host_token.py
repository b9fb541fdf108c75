"""Azure's SDK for Python, unmodified: the token of a managed identity. `host_token.py OPTIONS`, the options as JSON; says
what the token says, or the error.
"""

import base64
import json
import sys

from azure.core.exceptions import AzureError
from azure.identity import ManagedIdentityCredential

try:
    with ManagedIdentityCredential(**json.loads(sys.argv[1])) as credential:
        claims = credential.get_token("https://management.azure.com/.default").token.split(".")[1]
        print(base64.urlsafe_b64decode(claims + "==").decode())
except (AzureError, ValueError) as error:
    print(json.dumps({"error": str(error)}))
