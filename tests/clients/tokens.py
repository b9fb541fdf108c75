"""An independent library, PyJWT, verifies a managed identity's token by the published keys; and what it would not verify,
Resource Manager refuses.
"""

import base64
import json

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

import owner
from world import check, environment, smalt, step

PATH = "/metadata/identity/oauth2/token?api-version=2018-02-01&resource="
TENANT = owner.WORLD["SMALT_TENANT_ID"]


def imds_token(resource):
    imds = environment("--vm", "VM1", "-g", owner.GROUP)["SMALT_IMDS"]
    status, _, answer = owner.send("GET", f"{imds}{PATH}{resource}", headers={"Metadata": "true"})
    check(status == 200, "IMDS answers a token", answer)
    return answer["access_token"]


def published_key(token):
    """The key that signed the token, from the document that the token service publishes."""
    origin = owner.WORLD["SMALT_ENTRA"]
    _, _, discovery = owner.send("GET", f"{origin}/{TENANT}/v2.0/.well-known/openid-configuration")
    _, _, keys = owner.send("GET", discovery["jwks_uri"])
    wanted = jwt.get_unverified_header(token)["kid"]
    return next(key for key in jwt.PyJWKSet.from_dict(keys).keys if key.key_id == wanted).key


def segment(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


def with_one_flipped_bit(token):
    head, claims, signature = token.split(".")
    raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
    raw[40] ^= 1
    return f"{head}.{claims}.{base64.urlsafe_b64encode(bytes(raw)).rstrip(b'=').decode()}"


def hs256_with_the_public_key(token, key, claims):
    """The classic confusion: a verifier that lets the header choose would take the public key for a shared secret."""
    pem = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    head = {"alg": "HS256", "typ": "JWT", "kid": jwt.get_unverified_header(token)["kid"]}
    signed = f"{segment(head)}.{segment(claims)}"
    # PyJWT refuses to sign with a public key, rightly; so it is done by hand.
    tag = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256).sign(signed.encode(), pem)
    return f"{signed}.{base64.urlsafe_b64encode(tag).rstrip(b'=').decode()}"


def of_another_tenant(token, claims):
    other = "11111111-2222-4333-8444-555555555555"
    claims = claims | {"tid": other, "iss": f"https://sts.windows.net/{other}/"}
    own_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return jwt.encode(claims, own_key, algorithm="RS256", headers={"kid": jwt.get_unverified_header(token)["kid"]})


def is_refused(what, token, wanted="InvalidAuthenticationToken"):
    step(f"refused: {what}")
    status, headers, answer = owner.arm("GET", owner.GROUP_ID + "/resources", bearer=token)
    code = answer["error"]["code"]
    check((status, code) == (401, wanted), f"401 {wanted}", (status, answer))
    check("Bearer " in headers["WWW-Authenticate"], "with a challenge", headers)


principal = owner.vm("VM1")
owner.let_read(principal)
token = imds_token("https://management.azure.com/")
key = published_key(token)
# The world's clock has not been moved yet, so the machine's time is as good.
claims = jwt.decode(token, key, algorithms=["RS256"], audience="https://management.azure.com/", leeway=60)
step("PyJWT verifies the token by the published key")
check(claims["oid"] == principal and claims["tid"] == TENANT, "it names the principal and its tenant", claims)
check("/Microsoft.Compute/virtualMachines/VM1" in claims["xms_mirid"], "and the VM", claims)
status, _, listed = owner.arm("GET", owner.GROUP_ID + "/resources", bearer=token)
check(status == 200 and listed["value"], "Resource Manager takes it", listed)

is_refused("one flipped bit", with_one_flipped_bit(token))
is_refused("alg none", f"{segment({'alg': 'none', 'typ': 'JWT'})}.{segment(claims)}.")
is_refused("HS256 keyed with the public key", hs256_with_the_public_key(token, key, claims))
is_refused("another tenant's, by its own key", of_another_tenant(token, claims))
is_refused("for Microsoft Graph", imds_token("https://graph.microsoft.com/"), "InvalidAuthenticationTokenAudience")
smalt("clock", "advance", "2d")
is_refused("expired", token, "ExpiredAuthenticationToken")
