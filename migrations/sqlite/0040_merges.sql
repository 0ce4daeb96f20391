-- Subscribers who were merged into others, as one person: links and deliveries of the one who is gone name the one who
-- was kept. `under_id` is the merge by which this one came to whom it is with now, and which is undone first.
CREATE TABLE merges (
    merged_id BLOB NOT NULL PRIMARY KEY,
    kept_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    under_id BLOB,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    name TEXT NOT NULL,
    language TEXT NOT NULL,
    created_at TEXT NOT NULL,
    merged_at TEXT NOT NULL,
    user_email TEXT NOT NULL,
    -- All that was the merged one's, and what of it came over.
    undo_json TEXT NOT NULL
) STRICT;
CREATE INDEX merges_by_kept ON merges (kept_id);
