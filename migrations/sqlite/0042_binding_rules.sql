-- What a feed says an article is about: a JSON array of texts.
ALTER TABLE articles ADD COLUMN categories_json TEXT NOT NULL DEFAULT '[]';
-- What becomes of a feed's new articles on a list, and which of them. `brake_limit`: how many new ones of one poll pass;
-- NULL: worked out from what is usual.
ALTER TABLE feed_bindings ADD COLUMN mode TEXT NOT NULL DEFAULT 'send' CHECK (mode IN ('send', 'draft', 'digest', 'collect'));
ALTER TABLE feed_bindings ADD COLUMN conditions_json TEXT NOT NULL DEFAULT '{}';
ALTER TABLE feed_bindings ADD COLUMN brake_limit INTEGER;
-- Drafts that a feed made, which wait for an editor.
CREATE INDEX campaigns_drafts_of_feeds ON campaigns (id) WHERE status = 'draft' AND auto_article_id IS NOT NULL;
-- The next poll reads the document whole, and with it what its articles are about.
UPDATE feeds SET etag = NULL, last_modified = NULL;
