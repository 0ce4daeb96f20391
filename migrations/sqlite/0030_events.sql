-- What happened to whom, when, by whom: a row each time a subscription or a suppression of a subscriber changes,
-- in the transaction of the change. `cause_id` is the import, the change to many or the campaign by which it came.
CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    list_id BLOB REFERENCES lists (id) ON DELETE CASCADE,
    was TEXT,
    status TEXT,
    cadence TEXT,
    actor_kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    cause_id BLOB
) STRICT;
CREATE INDEX events_by_subscriber ON events (subscriber_id, id);
