-- What holds a campaign or an article: one row a reason, and several at once. `parameters` is what the reason's
-- sentence names, as JSON. `since` is NULL where that was not noted.
CREATE TABLE holds (
    id BLOB NOT NULL PRIMARY KEY,
    campaign_id BLOB REFERENCES campaigns (id) ON DELETE CASCADE,
    article_id BLOB REFERENCES articles (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    parameters TEXT NOT NULL,
    since TEXT,
    UNIQUE (campaign_id, kind),
    UNIQUE (article_id, kind),
    CHECK ((campaign_id IS NULL) <> (article_id IS NULL))
) STRICT;
CREATE INDEX holds_by_kind ON holds (kind);
CREATE INDEX holds_but_the_brakes ON holds (article_id) WHERE kind <> 'brake';

-- Whether a row of `holds` is about it.
ALTER TABLE campaigns ADD COLUMN is_held INTEGER NOT NULL DEFAULT FALSE;
ALTER TABLE articles ADD COLUMN is_held INTEGER NOT NULL DEFAULT FALSE;

-- What is over is held by nothing.
INSERT INTO holds (id, campaign_id, kind, parameters)
SELECT id, id, kind, '{"reason":"said","kind":"' || kind || '","why":"'
    || replace(replace(why, '\', '\\'), '"', '\"') || '"}'
FROM (
    SELECT id,
    CASE WHEN held_reason LIKE 'late: %' THEN 'late'
    WHEN held_reason LIKE 'clone: %' THEN 'clone'
    WHEN held_reason LIKE 'restored: %' THEN 'restored'
    WHEN held_reason LIKE 'retired: %' THEN 'retired'
    WHEN held_reason LIKE 'approval: %' THEN 'approval'
    WHEN held_reason LIKE 'html: %' THEN 'html'
    ELSE 'unclear' END AS kind,
    CASE WHEN held_reason LIKE 'late: %' THEN substr(held_reason, 7)
    WHEN held_reason LIKE 'clone: %' THEN substr(held_reason, 8)
    WHEN held_reason LIKE 'restored: %' THEN substr(held_reason, 11)
    WHEN held_reason LIKE 'retired: %' THEN substr(held_reason, 10)
    WHEN held_reason LIKE 'approval: %' THEN substr(held_reason, 11)
    WHEN held_reason LIKE 'html: %' THEN substr(held_reason, 7)
    ELSE held_reason END AS why
    FROM campaigns WHERE held_reason IS NOT NULL AND status IN ('scheduled', 'sending', 'paused')
) AS held;
INSERT INTO holds (id, article_id, kind, parameters)
SELECT id, id, kind, '{"reason":"said","kind":"' || kind || '","why":"'
    || replace(replace(why, '\', '\\'), '"', '\"') || '"}'
FROM (
    SELECT id,
    CASE WHEN held_reason LIKE 'brake: %' THEN 'brake' ELSE 'unclear' END AS kind,
    CASE WHEN held_reason LIKE 'brake: %' THEN substr(held_reason, 8) ELSE held_reason END AS why
    FROM articles WHERE held_reason IS NOT NULL
) AS held;
UPDATE campaigns SET is_held = TRUE WHERE id IN (SELECT campaign_id FROM holds);
UPDATE articles SET is_held = TRUE WHERE id IN (SELECT article_id FROM holds);

DROP INDEX campaigns_held;
DROP INDEX campaigns_waiting;
DROP INDEX articles_held;
ALTER TABLE campaigns DROP COLUMN held_reason;
ALTER TABLE articles DROP COLUMN held_reason;
CREATE INDEX campaigns_held ON campaigns (id) WHERE is_held = TRUE;
CREATE INDEX campaigns_waiting ON campaigns (id) WHERE is_held = TRUE OR status = 'paused';
CREATE INDEX articles_held ON articles (id) WHERE is_held = TRUE;
