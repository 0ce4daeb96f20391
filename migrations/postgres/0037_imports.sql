-- Imports are whole files of people: what was recognised, said and counted, how far it is, and what each row changed, so
-- that a process that is killed goes on and a whole import can be undone. `consent` is stated once, here; the rows of
-- `import_rows` point to it.
CREATE TABLE imports_next (
    id UUID NOT NULL PRIMARY KEY,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
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
    total BIGINT,
    position BIGINT NOT NULL,
    added BIGINT NOT NULL,
    changed BIGINT NOT NULL,
    unchanged BIGINT NOT NULL,
    held BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    -- Those that a file says are waiting to be confirmed: mailed when an admin asks for it.
    pending BIGINT NOT NULL,
    pending_asked BIGINT NOT NULL,
    is_asking BOOLEAN NOT NULL,
    failure TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    started_at TIMESTAMPTZ,
    ended_at TIMESTAMPTZ
);
INSERT INTO imports_next
SELECT id, list_id, user_email, file_name, 'schedule', CASE WHEN ended_at IS NULL THEN 'running' ELSE 'done' END,
    '{"status":"' || status || '","ask":' || CASE WHEN status = 'pending' THEN 'true' ELSE 'false' END || '}',
    '', '', consent, '', CASE WHEN ended_at IS NULL THEN NULL ELSE lines END, CASE WHEN ended_at IS NULL THEN 0 ELSE lines END,
    added, 0, left_alone, 0, refused, 0, 0, FALSE, '', created_at, created_at, ended_at
FROM imports;

-- A file that was sent to the desk, in pieces; they go when it is through.
CREATE TABLE import_pieces (
    import_id UUID NOT NULL REFERENCES imports_next (id) ON DELETE CASCADE,
    piece BIGINT NOT NULL,
    bytes BYTEA NOT NULL,
    PRIMARY KEY (import_id, piece)
);
-- Lines that waited in the version before become the file that they are the rest of.
INSERT INTO import_pieces
SELECT p.import_id, -1, convert_to('email,name' || chr(10), 'UTF8')
FROM (SELECT DISTINCT import_id FROM import_parts) AS p
UNION ALL
SELECT p.import_id, p.part, convert_to((
    SELECT string_agg('"' || replace(r.value ->> 0, '"', '""') || '","' || replace(r.value ->> 1, '"', '""') || '"', chr(10))
    FROM json_array_elements(p.rows_json::json) AS r) || chr(10), 'UTF8')
FROM import_parts AS p;

-- What an import changed about one subscriber: what their subscription became and was (`status` NULL: it was left as it
-- is; `was_status` NULL: there was none), what the file says of their consent, and what else is to be put back.
CREATE TABLE import_rows (
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    import_id UUID NOT NULL,
    list_id UUID NOT NULL,
    is_new BOOLEAN NOT NULL,
    status TEXT,
    cadence TEXT,
    since TIMESTAMPTZ,
    was_status TEXT,
    was_cadence TEXT,
    was_since TIMESTAMPTZ,
    requested_at TIMESTAMPTZ,
    requested_ip TEXT,
    confirmed_at TIMESTAMPTZ,
    confirmed_ip TEXT,
    undo_json TEXT,
    PRIMARY KEY (subscriber_id, import_id, list_id)
);

-- Rows that were not taken, and why: to be corrected and sent again.
CREATE TABLE import_refusals (
    import_id UUID NOT NULL REFERENCES imports_next (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    line BIGINT NOT NULL,
    file TEXT NOT NULL,
    is_question BOOLEAN NOT NULL,
    reason TEXT NOT NULL,
    cells_json TEXT NOT NULL,
    PRIMARY KEY (import_id, number)
);
INSERT INTO import_refusals
SELECT i.id, r.n - 1, (r.value ->> 0)::bigint, '', FALSE, r.value ->> 1, '[]'
FROM imports AS i, json_array_elements(i.refusals_json::json) WITH ORDINALITY AS r (value, n);

DROP TABLE import_parts;
DROP TABLE imports;
ALTER TABLE imports_next RENAME TO imports;
CREATE INDEX imports_open ON imports (id) WHERE phase IN ('checking', 'running', 'undoing') OR is_asking;
