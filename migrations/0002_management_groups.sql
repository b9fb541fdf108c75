-- The tree above the subscriptions. The tenant's root group is the one without a parent; worlds that are older than the
-- tree get theirs, and their subscriptions hang in it.
CREATE TABLE management_groups (
    name         TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    parent       TEXT,
    created_at   TEXT NOT NULL,
    updated_at   TEXT NOT NULL,
    updated_by   TEXT,
    version      BIGINT NOT NULL
);

INSERT INTO management_groups (name, display_name, parent, created_at, updated_at, updated_by, version)
SELECT id, 'Tenant Root Group', NULL, created_at, created_at, NULL, 1 FROM tenants;

ALTER TABLE subscriptions ADD COLUMN management_group TEXT;

UPDATE subscriptions SET management_group = (SELECT id FROM tenants);
