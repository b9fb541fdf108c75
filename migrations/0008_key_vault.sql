-- What vaults keep. `kind` says which noun; `document` holds all of it but what is secret.
CREATE TABLE vault_objects (
    vault    TEXT NOT NULL,
    kind     TEXT NOT NULL,
    name     TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (vault, kind, name)
);

-- What is secret: the values of secrets, and the private keys of certificates (PKCS#8 DER in base64).
CREATE TABLE vault_values (
    vault   TEXT NOT NULL,
    kind    TEXT NOT NULL,
    name    TEXT NOT NULL,
    version TEXT NOT NULL,
    value   TEXT NOT NULL,
    PRIMARY KEY (vault, kind, name, version)
);
