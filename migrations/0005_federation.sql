-- Issuers that smalt plays for federated credentials: a CI provider, a cluster. The private key signs their tokens and
-- nothing else; the public one is a SubjectPublicKeyInfo. Both are DER in base64.
CREATE TABLE token_issuers (
    name        TEXT NOT NULL PRIMARY KEY,
    url         TEXT NOT NULL UNIQUE,
    kid         TEXT NOT NULL,
    public_key  TEXT NOT NULL,
    private_key TEXT NOT NULL,
    created_at  TEXT NOT NULL
);
