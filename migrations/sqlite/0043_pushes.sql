-- What says that a feed has something new before it is asked: pings, and hubs that it was subscribed at.
-- The page that the feed belongs to, by which a ping names it.
ALTER TABLE feeds ADD COLUMN home_url TEXT NOT NULL DEFAULT '';
-- Since when a poll is asked for, which no poll that began later has answered.
ALTER TABLE feeds ADD COLUMN asked_at TEXT;
-- When one more is due, for what was asked for so soon after.
ALTER TABLE feeds ADD COLUMN again_at TEXT;
-- Until when whoever asks gets that one.
ALTER TABLE feeds ADD COLUMN quiet_until TEXT;
ALTER TABLE feeds ADD COLUMN pushed_at TEXT;
ALTER TABLE feeds ADD COLUMN pushed_by TEXT;
-- How often in a row it was a push that brought what is new.
ALTER TABLE feeds ADD COLUMN pushes_ahead INTEGER NOT NULL DEFAULT 0;
-- Subscriptions at hubs. The id is in the address that the hub sends to, and nobody can guess it.
CREATE TABLE websub (
    id BLOB NOT NULL PRIMARY KEY,
    feed_id BLOB NOT NULL REFERENCES feeds (id),
    hub_url TEXT NOT NULL,
    topic_url TEXT NOT NULL,
    -- Where the hub sends to, without the id.
    base_url TEXT NOT NULL,
    status TEXT NOT NULL,
    -- When the hub was last asked for what the status says.
    asked_at TEXT,
    -- When it is to be asked, or asked again.
    next_at TEXT NOT NULL,
    failures INTEGER NOT NULL,
    lease_until TEXT,
    last_error TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX websub_by_feed ON websub (feed_id);
CREATE INDEX websub_due ON websub (next_at);
