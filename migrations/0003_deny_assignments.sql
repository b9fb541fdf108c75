-- Who is denied what where.

CREATE TABLE deny_assignments (
    name     TEXT NOT NULL PRIMARY KEY,
    scope    TEXT NOT NULL,
    document TEXT NOT NULL
);
