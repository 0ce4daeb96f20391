-- Imports are whole files of people: what was recognised, said and counted, how far it is, and what each row changed, so
-- that a process that is killed goes on and a whole import can be undone. `consent` is stated once, here; the rows of
-- `import_rows` point to it.
CREATE TABLE imports_next (
    id BLOB NOT NULL PRIMARY KEY,
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    user_email TEXT NOT NULL,
    file_name TEXT NOT NULL,
    -- Who works on it: the process that leads, or the command that reads it.
    worker TEXT NOT NULL CHECK (worker IN ('schedule', 'command')),
    phase TEXT NOT NULL CHECK (phase IN (
        'uploading', 'checking', 'checked', 'running', 'done', 'cancelled', 'failed', 'undoing', 'undone')),
    -- What whoever imports says of it, what was recognised, and what a dry run found, as JSON.
    options_json TEXT NOT NULL,
    recognised_json TEXT NOT NULL,
    check_json TEXT NOT NULL,
    consent TEXT NOT NULL,
    digest TEXT NOT NULL,
    -- Rows of the file: all, as far as they were counted, and those read.
    total INTEGER,
    position INTEGER NOT NULL,
    added INTEGER NOT NULL,
    changed INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    held INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    -- Those that a file says are waiting to be confirmed: mailed when an admin asks for it.
    pending INTEGER NOT NULL,
    pending_asked INTEGER NOT NULL,
    is_asking INTEGER NOT NULL,
    failure TEXT NOT NULL,
    created_at TEXT NOT NULL,
    started_at TEXT,
    ended_at TEXT
) STRICT;
INSERT INTO imports_next
SELECT id, list_id, user_email, file_name, 'schedule', CASE WHEN ended_at IS NULL THEN 'running' ELSE 'done' END,
    '{"status":"' || status || '","ask":' || CASE WHEN status = 'pending' THEN 'true' ELSE 'false' END || '}',
    '', '', consent, '', CASE WHEN ended_at IS NULL THEN NULL ELSE lines END, CASE WHEN ended_at IS NULL THEN 0 ELSE lines END,
    added, 0, left_alone, 0, refused, 0, 0, FALSE, '', created_at, created_at, ended_at
FROM imports;

-- A file that was sent to the desk, in pieces; they go when it is through.
CREATE TABLE import_pieces (
    import_id BLOB NOT NULL REFERENCES imports_next (id) ON DELETE CASCADE,
    piece INTEGER NOT NULL,
    bytes BLOB NOT NULL,
    PRIMARY KEY (import_id, piece)
) STRICT;
-- Lines that waited in the version before become the file that they are the rest of.
INSERT INTO import_pieces
SELECT p.import_id, -1, CAST('email,name' || char(10) AS BLOB)
FROM (SELECT DISTINCT import_id FROM import_parts) AS p
UNION ALL
SELECT p.import_id, p.part, CAST((
    SELECT group_concat('"' || replace(r.value ->> 0, '"', '""') || '","' || replace(r.value ->> 1, '"', '""') || '"', char(10))
    FROM json_each(p.rows_json) AS r) || char(10) AS BLOB)
FROM import_parts AS p;

-- What an import changed about one subscriber: what their subscription became and was (`status` NULL: it was left as it
-- is; `was_status` NULL: there was none), what the file says of their consent, and what else is to be put back.
CREATE TABLE import_rows (
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    import_id BLOB NOT NULL,
    list_id BLOB NOT NULL,
    is_new INTEGER NOT NULL,
    status TEXT,
    cadence TEXT,
    since TEXT,
    was_status TEXT,
    was_cadence TEXT,
    was_since TEXT,
    requested_at TEXT,
    requested_ip TEXT,
    confirmed_at TEXT,
    confirmed_ip TEXT,
    undo_json TEXT,
    PRIMARY KEY (subscriber_id, import_id, list_id)
) STRICT, WITHOUT ROWID;

-- Rows that were not taken, and why: to be corrected and sent again.
CREATE TABLE import_refusals (
    import_id BLOB NOT NULL REFERENCES imports_next (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    line INTEGER NOT NULL,
    file TEXT NOT NULL,
    is_question INTEGER NOT NULL,
    reason TEXT NOT NULL,
    cells_json TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
) STRICT, WITHOUT ROWID;
INSERT INTO import_refusals
SELECT i.id, r.key, r.value ->> 0, '', 0, r.value ->> 1, '[]'
FROM imports AS i, json_each(i.refusals_json) AS r;

DROP TABLE import_parts;
DROP TABLE imports;
ALTER TABLE imports_next RENAME TO imports;
CREATE INDEX imports_open ON imports (id) WHERE phase IN ('checking', 'running', 'undoing') OR is_asking;
