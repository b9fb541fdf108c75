-- Nobody proves an identity with a key from before its last one: the newest is kept.
DELETE FROM managed_identity_keys AS k
WHERE EXISTS (SELECT 1 FROM managed_identity_keys AS newer
              WHERE newer.principal_id = k.principal_id
                AND (newer.not_before, newer.rowid) > (k.not_before, k.rowid));

DROP INDEX managed_identity_keys_of;
CREATE UNIQUE INDEX managed_identity_keys_of ON managed_identity_keys (principal_id);
