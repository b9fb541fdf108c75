"""Azure's SDK for Python, unmodified: the token of a credential that needs to be told nothing, or little. `host_token.py OPTIONS`,
as JSON: the options of `ManagedIdentityCredential`, or the name of another class. Says what the token says, or the error.
"""

import base64
import json
import sys

from azure import identity
from azure.core.exceptions import AzureError

try:
    options = json.loads(sys.argv[1])
    wanted, options = (options, {}) if isinstance(options, str) else ("ManagedIdentityCredential", options)
    with getattr(identity, wanted)(**options) as credential:
        claims = credential.get_token("https://management.azure.com/.default").token.split(".")[1]
        print(base64.urlsafe_b64decode(claims + "==").decode())
except (AzureError, ValueError) as error:
    print(json.dumps({"error": str(error)}))
