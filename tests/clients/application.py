"""An application that people sign in to, and that other applications call: what the checks of SDKs register."""

import uuid

import owner

RESOURCE_MANAGER = "797f4846-ba00-4fd7-ba43-dac1f8f63013"
USER_IMPERSONATION = "41094075-9dad-400e-a0bd-54e686782033"

# Nobody listens there: the browser of the checks does not go.
REDIRECT = "https://app.example/callback"


class Application:
    """With a secret, an address, a wish to act for people at Resource Manager, and a permission `act` that others may ask for."""

    def __init__(self, name):
        permission = {"id": str(uuid.uuid4()), "value": "act", "type": "User", "isEnabled": True}
        permission |= {name: "Act for them" for name in ("adminConsentDisplayName", "adminConsentDescription")}
        wish = {"resourceAppId": RESOURCE_MANAGER, "resourceAccess": [{"id": USER_IMPERSONATION, "type": "Scope"}]}
        asked = {"displayName": name, "web": {"redirectUris": [REDIRECT]}, "requiredResourceAccess": [wish]}
        made = owner.graph("POST", "/applications", asked)
        self.client_id = made["appId"]
        uri = f"api://{self.client_id}"
        published = {"identifierUris": [uri], "api": {"oauth2PermissionScopes": [permission]}}
        owner.graph("PATCH", f"/applications/{made['id']}", published)
        self.id = owner.graph("POST", "/servicePrincipals", {"appId": self.client_id})["id"]
        self.secret = owner.graph("POST", f"/applications/{made['id']}/addPassword", {})["secretText"]
        self.scope = f"{uri}/act"

    def grant_wish(self):
        """An administrator agrees to what it wishes, for everybody."""
        resource = owner.graph("GET", f"/servicePrincipals(appId='{RESOURCE_MANAGER}')")["id"]
        grant = {"clientId": self.id, "resourceId": resource, "scope": "user_impersonation"}
        owner.graph("POST", "/oauth2PermissionGrants", grant | {"consentType": "AllPrincipals"})
