-- Fields of subscribers that an admin defines, and what subscribers have in them.
CREATE TABLE fields (
    id BLOB NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'number', 'date', 'yes_no')),
    is_open INTEGER NOT NULL,
    is_on_form INTEGER NOT NULL,
    position INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE TABLE subscriber_fields (
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    field_id BLOB NOT NULL REFERENCES fields (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    number REAL,
    PRIMARY KEY (subscriber_id, field_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriber_fields_by_text ON subscriber_fields (field_id, text, subscriber_id);
CREATE INDEX subscriber_fields_by_number ON subscriber_fields (field_id, number, subscriber_id);
