-- What a subscriber is found by: their address, its domain, and the words of their name, in lower case, so
-- that a beginning of any of them is a range of this key. Rows without words get them in the background.
CREATE TABLE subscriber_words (
    word TEXT NOT NULL,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    PRIMARY KEY (word, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriber_words_by_subscriber ON subscriber_words (subscriber_id, word);
ALTER TABLE subscribers ADD COLUMN has_words INTEGER NOT NULL DEFAULT FALSE;
CREATE INDEX subscribers_without_words ON subscribers (id) WHERE has_words = FALSE;

-- Ten bounced readers among a million are found by walking ten.
CREATE INDEX subscriptions_by_list_and_status ON subscriptions (list_id, status, cadence, subscriber_id);
CREATE INDEX subscriptions_by_status ON subscriptions (status, cadence, subscriber_id);

CREATE INDEX suppressions_by_time ON suppressions (created_at, email_key);
CREATE INDEX suppressions_by_address ON suppressions (email_key);

-- One change to many subscribers: to those whose rows it has, or, while it runs, to all that its filter
-- finds below `walked_to`. Its time stands in all that it changed, so that undoing it finds its own only.
CREATE TABLE bulk_changes (
    id BLOB NOT NULL PRIMARY KEY,
    user_email TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('tag', 'untag', 'cadence', 'unsubscribe', 'suppress')),
    tag TEXT NOT NULL,
    list_id BLOB REFERENCES lists (id) ON DELETE CASCADE,
    cadence TEXT NOT NULL,
    filter_json TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'undoing', 'undone')),
    walked_to BLOB NOT NULL,
    changed INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX bulk_changes_open ON bulk_changes (id) WHERE status IN ('running', 'undoing');

-- What a row was before; a list of zeros where the change was to the subscriber.
CREATE TABLE bulk_change_rows (
    bulk_change_id BLOB NOT NULL REFERENCES bulk_changes (id) ON DELETE CASCADE,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    list_id BLOB NOT NULL,
    status TEXT NOT NULL,
    cadence TEXT NOT NULL,
    since TEXT,
    PRIMARY KEY (bulk_change_id, subscriber_id, list_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX bulk_change_rows_by_subscriber ON bulk_change_rows (subscriber_id);

-- A file that is being imported: its lines wait in parts, and a part goes when it is stored.
CREATE TABLE imports (
    id BLOB NOT NULL PRIMARY KEY,
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    user_email TEXT NOT NULL,
    file_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'pending')),
    consent TEXT NOT NULL,
    lines INTEGER NOT NULL,
    added INTEGER NOT NULL,
    left_alone INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    refusals_json TEXT NOT NULL,
    created_at TEXT NOT NULL,
    ended_at TEXT
) STRICT;
CREATE INDEX imports_open ON imports (id) WHERE ended_at IS NULL;
CREATE TABLE import_parts (
    import_id BLOB NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    rows_json TEXT NOT NULL,
    PRIMARY KEY (import_id, part)
) STRICT;
