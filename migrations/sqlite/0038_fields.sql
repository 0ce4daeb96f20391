-- What a publication wants to know of its subscribers besides address and name.
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

-- A value in its canonical form: numbers in the shortest decimal form, days as YYYY-MM-DD, yes or no. No row: no value.
CREATE TABLE subscriber_fields (
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    field_id BLOB NOT NULL REFERENCES fields (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    number REAL,
    PRIMARY KEY (subscriber_id, field_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriber_fields_by_text ON subscriber_fields (field_id, text, subscriber_id);
CREATE INDEX subscriber_fields_by_number ON subscriber_fields (field_id, number, subscriber_id);

-- What somebody answered on the sign-up form, by the id of the field: stored as it is worked on.
ALTER TABLE sign_up_requests ADD COLUMN fields_json TEXT NOT NULL DEFAULT '[]';
