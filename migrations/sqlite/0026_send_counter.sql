-- A counter that is raised while mail is sent and copied to a file outside the database afterwards. A file that is
-- ahead means that the database was replaced by an older copy. The lineage is the same in all copies of a
-- database, those from before this migration included: so it is made from something that they all hold.
CREATE TABLE send_counter (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    lineage TEXT NOT NULL,
    value INTEGER NOT NULL,
    mails INTEGER NOT NULL,
    raised_at TEXT,
    restored TEXT,
    restored_at TEXT
) STRICT;
INSERT INTO send_counter (id, lineage, value, mails)
SELECT 1, CAST(execution_time AS TEXT), 0, 0 FROM _sqlx_migrations WHERE version = 1;

-- Not read since the database was restored: what is new to it may have been mailed before.
ALTER TABLE feeds ADD COLUMN unread_since_restore INTEGER NOT NULL DEFAULT FALSE;
