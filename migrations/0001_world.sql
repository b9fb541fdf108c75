-- Plain tables in the SQL that SQLite and PostgreSQL share. Times are RFC 3339 texts, always given by the caller:
-- no column has a default time, because smalt's clock moves.

CREATE TABLE settings (
    name  TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

CREATE TABLE tenants (
    id           TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    domain       TEXT NOT NULL,
    created_at   TEXT NOT NULL
);

CREATE TABLE subscriptions (
    id           TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL
);

-- Everything that ARM keeps under an id, resource groups included. `scope` is the id in lower case.
CREATE TABLE resources (
    scope         TEXT NOT NULL UNIQUE,
    id            TEXT NOT NULL,
    resource_type TEXT NOT NULL,
    name          TEXT NOT NULL,
    location      TEXT,
    tags          TEXT,
    identity      TEXT NOT NULL,
    envelope      TEXT NOT NULL,
    spec          TEXT NOT NULL,
    status        TEXT NOT NULL,
    runtime       TEXT NOT NULL,
    created_at    TEXT NOT NULL,
    changed_at    TEXT NOT NULL,
    version       BIGINT NOT NULL
);

-- Applications, service principals, users and groups. `document` holds the whole object, its certificates and the
-- keyed hashes of its secrets; private keys are never in it.
CREATE TABLE directory_objects (
    id           TEXT NOT NULL PRIMARY KEY,
    object_type  TEXT NOT NULL,
    app_id       TEXT,
    display_name TEXT NOT NULL,
    document     TEXT NOT NULL
);

-- The tenant's own roles; the built-in ones come with the program.
CREATE TABLE role_definitions (
    id        TEXT NOT NULL PRIMARY KEY,
    role_name TEXT NOT NULL,
    document  TEXT NOT NULL
);

CREATE TABLE role_assignments (
    name               TEXT NOT NULL PRIMARY KEY,
    scope              TEXT NOT NULL,
    principal_id       TEXT NOT NULL,
    principal_type     TEXT NOT NULL,
    role_definition_id TEXT NOT NULL,
    document           TEXT NOT NULL
);

-- Private keys of managed identities with the certificates that vouch for them: for IMDS alone. The directory may lose
-- a certificate; IMDS goes on proving the identity with what it holds, and is refused.
CREATE TABLE managed_identity_keys (
    key_id       TEXT NOT NULL PRIMARY KEY,
    principal_id TEXT NOT NULL,
    not_before   TEXT NOT NULL,
    renew_after  TEXT NOT NULL,
    not_after    TEXT NOT NULL,
    private_key  TEXT NOT NULL,
    certificate  TEXT NOT NULL
);
CREATE INDEX managed_identity_keys_of ON managed_identity_keys (principal_id);
CREATE INDEX managed_identity_keys_due ON managed_identity_keys (renew_after);

-- RSA keys made ahead of need, so that enabling an identity waits for none.
CREATE TABLE ready_keys (
    id          TEXT NOT NULL PRIMARY KEY,
    private_key TEXT NOT NULL
);

-- Keys that sign tokens.
CREATE TABLE signing_keys (
    kid         TEXT NOT NULL PRIMARY KEY,
    private_key TEXT NOT NULL,
    certificate TEXT NOT NULL,
    created_at  TEXT NOT NULL
);

-- Long-running operations, for the clients that poll them.
CREATE TABLE operations (
    id           TEXT NOT NULL PRIMARY KEY,
    scope        TEXT NOT NULL,
    started_at   TEXT NOT NULL,
    due_at       TEXT NOT NULL,
    outcome      TEXT NOT NULL
);

-- Which of the ports from base + 57 up belongs to which VM's IMDS, running or not.
CREATE TABLE imds_ports (
    scope       TEXT NOT NULL PRIMARY KEY,
    port_offset BIGINT NOT NULL UNIQUE
);
