-- What the token service handed out and is asked about again: authorization codes, refresh tokens, device codes, browser
-- sessions. Only a hash of what was handed out is here: whoever reads the file can redeem nothing.
CREATE TABLE persisted_grants (
    hash     TEXT NOT NULL PRIMARY KEY,
    expires  TEXT NOT NULL,
    document TEXT NOT NULL
);

-- From when on tokens of a principal count, and which sign-ins no longer count at all.
CREATE TABLE revocations (
    subject    TEXT NOT NULL PRIMARY KEY,
    revoked_at TEXT NOT NULL
);

-- A key that was replaced stays in the published set until then, for the tokens it signed.
ALTER TABLE signing_keys ADD COLUMN retires_at TEXT;
