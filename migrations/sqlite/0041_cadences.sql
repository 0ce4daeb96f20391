-- How often readers get a list, exactly once each article: a list numbers its articles as they become sendable, and a
-- subscription says from which number on they are due.
ALTER TABLE lists ADD COLUMN schedule_json TEXT NOT NULL DEFAULT '{}';
-- The last number that was given.
ALTER TABLE lists ADD COLUMN article_number INTEGER NOT NULL DEFAULT 0;

CREATE TABLE list_articles (
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    -- NULL: it is not sendable yet.
    number INTEGER,
    -- Whether it has a campaign of its own, or is in digests only.
    route TEXT NOT NULL CHECK (route IN ('single', 'digest')),
    is_due INTEGER NOT NULL,
    -- Why it is not due.
    reason TEXT NOT NULL,
    sendable_at TEXT NOT NULL,
    numbered_at TEXT,
    PRIMARY KEY (list_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX list_articles_by_number ON list_articles (list_id, number) WHERE number IS NOT NULL;
CREATE INDEX list_articles_waiting ON list_articles (sendable_at) WHERE number IS NULL;
CREATE INDEX list_articles_by_article ON list_articles (article_id);

-- What was numbered up to this is due to them no more, or not yet theirs.
ALTER TABLE subscriptions ADD COLUMN numbered_from INTEGER NOT NULL DEFAULT 0;
-- Behind this number they may lack what others of their cadence have. NULL: as for everybody of it.
ALTER TABLE subscriptions ADD COLUMN backlog_from INTEGER;
-- The number at which they left or paused. NULL: they are here.
ALTER TABLE subscriptions ADD COLUMN away_from INTEGER;
ALTER TABLE subscriptions ADD COLUMN paused_until TEXT;
CREATE INDEX subscriptions_with_backlog ON subscriptions (list_id, subscriber_id) WHERE backlog_from IS NOT NULL;
CREATE INDEX subscriptions_paused ON subscriptions (paused_until) WHERE paused_until IS NOT NULL;

-- Between these numbers a reader was away: the first excluded, the last included.
CREATE TABLE absences (
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    from_number INTEGER NOT NULL,
    to_number INTEGER NOT NULL,
    PRIMARY KEY (list_id, subscriber_id, from_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX absences_by_subscriber ON absences (subscriber_id);
CREATE INDEX absences_by_number ON absences (list_id, to_number);

-- How far each list's digests have come, and when the next one is.
CREATE TABLE digests (
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    cadence TEXT NOT NULL,
    settled_to INTEGER NOT NULL,
    due_at TEXT NOT NULL,
    PRIMARY KEY (list_id, cadence)
) STRICT, WITHOUT ROWID;

ALTER TABLE campaigns ADD COLUMN digest_cadence TEXT;
ALTER TABLE campaigns ADD COLUMN digest_from INTEGER;
ALTER TABLE campaigns ADD COLUMN digest_to INTEGER;
-- Goes past the list's daily cap and quiet hours.
ALTER TABLE campaigns ADD COLUMN is_breaking INTEGER NOT NULL DEFAULT FALSE;
CREATE UNIQUE INDEX campaigns_next_digest ON campaigns (list_id, digest_cadence)
    WHERE digest_cadence IS NOT NULL AND status IN ('draft', 'scheduled');

-- Articles that an editor puts first in a digest.
CREATE TABLE digest_picks (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, article_id)
) STRICT, WITHOUT ROWID;

-- A digest for readers who are due the same articles.
CREATE TABLE campaign_variants (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    variant INTEGER NOT NULL,
    -- The lowest of its articles' numbers.
    first_number INTEGER NOT NULL,
    -- NULL: nobody has needed it yet.
    mail_content TEXT,
    PRIMARY KEY (campaign_id, variant)
) STRICT;
CREATE TABLE variant_articles (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    variant INTEGER NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    number INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, variant, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX variant_articles_by_article ON variant_articles (article_id);
-- NULL: the campaign is no digest.
ALTER TABLE deliveries ADD COLUMN variant INTEGER;

-- Articles that somebody has from a welcome mail.
CREATE TABLE welcomed_articles (
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (subscriber_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX welcomed_articles_by_article ON welcomed_articles (article_id);

-- A cadence more. Nothing that is stored changes, so the tables are not written anew: https://sqlite.org/lang_altertable.html
PRAGMA writable_schema = ON;
UPDATE sqlite_schema SET sql = replace(sql, '''daily'', ''weekly'')', '''daily'', ''weekly'', ''monthly'')')
WHERE type = 'table' AND name IN ('subscriptions', 'sign_up_requests');
PRAGMA writable_schema = RESET;
