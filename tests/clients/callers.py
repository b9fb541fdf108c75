"""Callers of the Azure CLI as a custom cloud: the world's owner, and applications that the owner makes."""

from world import Way, custom_cloud, environment

OWNER = environment()
TENANT, SUBSCRIPTION_ID = OWNER["SMALT_TENANT_ID"], OWNER["SMALT_SUBSCRIPTION_ID"]
SUBSCRIPTION = f"/subscriptions/{SUBSCRIPTION_ID}"


def sign_in(way, client_id, secret):
    """Signs an application in, whether it sees a subscription or not."""
    # In one word: a secret may begin with a dash.
    who = ["-u", client_id, f"-p={secret}", "--tenant", TENANT]
    way.az("login", "--service-principal", *who, "--allow-no-subscriptions")
    return way


def owner():
    """The world's owner, signed in."""
    return sign_in(custom_cloud(), OWNER["SMALT_CLIENT_ID"], OWNER["SMALT_CLIENT_SECRET"])


class Application:
    """An application without rights. It signs in when it has some: the CLI keeps to the subscriptions that it saw then."""

    def __init__(self, maker, name):
        made = maker.az("ad", "sp", "create-for-rbac", "-n", name).json
        self.client_id, self._secret = made["appId"], made["password"]
        self.id = maker.az("ad", "sp", "show", "--id", self.client_id).json["id"]
        self._way = Way(name, OWNER)

    def signed_in(self):
        return sign_in(self._way, self.client_id, self._secret)

    def assignee(self):
        """Options that name it without a question to the directory."""
        return ["--assignee-object-id", self.id, "--assignee-principal-type", "ServicePrincipal"]
