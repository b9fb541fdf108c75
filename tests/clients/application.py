"""An application that people sign in to, and that other applications call: what the checks of SDKs register."""

import uuid

import owner

# Nobody listens there: the browser of the checks does not go.
REDIRECT = "https://app.example/callback"


class Application:
    """With a secret, an address, and a permission `act` that others may ask for."""

    def __init__(self, name):
        permission = {"id": str(uuid.uuid4()), "value": "act", "type": "User", "isEnabled": True}
        permission |= {name: "Act for them" for name in ("adminConsentDisplayName", "adminConsentDescription")}
        made = owner.graph("POST", "/applications", {"displayName": name, "web": {"redirectUris": [REDIRECT]}})
        self.client_id = made["appId"]
        uri = f"api://{self.client_id}"
        published = {"identifierUris": [uri], "api": {"oauth2PermissionScopes": [permission]}}
        owner.graph("PATCH", f"/applications/{made['id']}", published)
        owner.graph("POST", "/servicePrincipals", {"appId": self.client_id})
        self.secret = owner.graph("POST", f"/applications/{made['id']}/addPassword", {})["secretText"]
        self.scope = f"{uri}/act"
