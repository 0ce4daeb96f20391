-- When a feed was last read well, and how long that was ago when an item came: many items are usual after a
-- long time without a poll. The brake holds articles, so a feed has no hold of its own.
ALTER TABLE feeds ADD COLUMN read_at TIMESTAMPTZ;
UPDATE feeds SET read_at = last_polled_at WHERE last_error IS NULL;
ALTER TABLE feeds DROP COLUMN held_reason;
ALTER TABLE feed_items ADD COLUMN unread_since TIMESTAMPTZ;
