-- When an admin let a held campaign go: from then on it counts as on time.
ALTER TABLE campaigns ADD COLUMN released_at TEXT;
CREATE INDEX campaigns_held ON campaigns (id) WHERE held_reason IS NOT NULL;

-- What was decided about a feed's item when it was first seen; NULL: before this was noted.
ALTER TABLE feed_items ADD COLUMN verdict TEXT;

-- Where a list stands on the form: small numbers first, then the oldest.
ALTER TABLE lists ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
CREATE INDEX feed_items_by_time ON feed_items (feed_id, first_seen_at);
CREATE INDEX articles_held ON articles (id) WHERE held_reason IS NOT NULL;
