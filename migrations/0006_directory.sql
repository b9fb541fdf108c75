-- What the directory keeps beside its objects: consents, directory roles, deleted objects, changes. `kind` says which;
-- `document` holds the whole of it.
CREATE TABLE directory_records (
    kind     TEXT NOT NULL,
    id       TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (kind, id)
);

-- Directory administrators were a setting: two GUIDs and a space. They are Global Administrators now.
INSERT INTO directory_records (kind, id, document)
SELECT 'role', '62e90394-69f5-4237-9190-012177145e10 ' || substr(value, place, 36),
       '{"roleId":"62e90394-69f5-4237-9190-012177145e10","principalId":"' || substr(value, place, 36) || '"}'
FROM settings, (SELECT 1 AS place UNION SELECT 38) AS places
WHERE name = 'directory_administrators' AND length(substr(value, place, 36)) = 36;

DELETE FROM settings WHERE name = 'directory_administrators';
