"""Azure's SDK for Python, unmodified, floods a VM's metadata service: many credentials that know nothing of each other ask
at once. Where throttling is switched on some are told to wait, wait as told, and all have their token in the end.
"""

import collections
import os
import threading
from concurrent.futures import ThreadPoolExecutor

from azure.core.pipeline.transport import RequestsTransport
from azure.identity import ManagedIdentityCredential

import owner
from world import check, environment, smalt, step

# More than the 20 of a second, and no more than the five that are served at the same time times the SDK's tries, or nearly.
CREDENTIALS = 40


class Counting(RequestsTransport):
    """The SDK's own transport, which notes down what it was answered."""

    answers = collections.Counter()
    lock = threading.Lock()

    def send(self, request, **kwargs):
        response = super().send(request, **kwargs)
        with self.lock:
            self.answers[(response.status_code, response.headers.get("Retry-After"))] += 1
        return response


def token(_):
    with ManagedIdentityCredential(transport=Counting()) as credential:
        return credential.get_token("https://management.azure.com/.default").token


def flood():
    """What that many credentials are answered, and how many tokens they have in the end."""
    Counting.answers.clear()
    with ThreadPoolExecutor(CREDENTIALS) as threads:
        tokens = list(threads.map(token, range(CREDENTIALS)))
    return dict(Counting.answers), len([token for token in tokens if token])


owner.vm("VM1")
os.environ["AZURE_POD_IDENTITY_AUTHORITY_HOST"] = environment("--vm", "VM1", "-g", owner.GROUP)["SMALT_IMDS"]

step("throttling is off: nobody is refused")
answers, tokens = flood()
check((answers, tokens) == ({(200, None): CREDENTIALS}, CREDENTIALS), "every request is granted", (answers, tokens))

step("throttling is on: whoever is refused is told for how long, and is served then")
smalt("throttling", "on")
answers, tokens = flood()
check(tokens == CREDENTIALS, "every credential has a token", (answers, tokens))
refused = answers.pop((429, "1"), 0)
check(refused > 0, "some had to wait", answers)
check(answers == {(200, None): CREDENTIALS}, "all other answers are tokens", answers)

step("throttling is off again")
smalt("throttling", "off")
answers, _ = flood()
check(answers == {(200, None): CREDENTIALS}, "every request is granted", answers)
