-- The publication: one row, made by the first start.
CREATE TABLE publication (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    tagline TEXT NOT NULL,
    url TEXT NOT NULL,
    postal_address TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    logo_url TEXT NOT NULL,
    updated_at TEXT NOT NULL
) STRICT;

CREATE TABLE lists (
    id BLOB NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    public INTEGER NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- `email` is as typed with the domain in ASCII; `email_key` is what matches: all of it in lower case.
CREATE TABLE subscribers (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE subscriptions (
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'unsubscribed', 'bounced', 'complained')),
    cadence TEXT NOT NULL CHECK (cadence IN ('each', 'daily', 'weekly')),
    created_at TEXT NOT NULL,
    status_since TEXT NOT NULL,
    PRIMARY KEY (list_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber_id);

-- What a person agreed to, where and when; never changed but to note the confirmation.
CREATE TABLE consents (
    id BLOB NOT NULL PRIMARY KEY,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    wording_version TEXT NOT NULL,
    requested_at TEXT NOT NULL,
    requested_ip TEXT NOT NULL,
    confirmed_at TEXT,
    confirmed_ip TEXT
) STRICT;
CREATE INDEX consents_by_subscriber ON consents (subscriber_id, list_id);

-- One mailed request to confirm; `browser` is the hash of the cookie that the sign-up set.
CREATE TABLE confirmations (
    id BLOB NOT NULL PRIMARY KEY,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    browser TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    confirmed_at TEXT
) STRICT;
CREATE INDEX confirmations_by_subscriber ON confirmations (subscriber_id);

CREATE TABLE confirmation_lists (
    confirmation_id BLOB NOT NULL REFERENCES confirmations (id) ON DELETE CASCADE,
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    PRIMARY KEY (confirmation_id, list_id)
) STRICT, WITHOUT ROWID;

-- Addresses that are never mailed again. Keyed by address, so that it outlives the subscriber.
CREATE TABLE suppressions (
    email_key TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL CHECK (reason IN ('blocked', 'bounced', 'complained', 'manual')),
    detail TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

CREATE TABLE feeds (
    id BLOB NOT NULL PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    poll_secs INTEGER NOT NULL,
    etag TEXT,
    last_modified TEXT,
    moved_to TEXT,
    moved_count INTEGER NOT NULL,
    baseline_at TEXT,
    last_polled_at TEXT,
    next_poll_at TEXT NOT NULL,
    failures INTEGER NOT NULL,
    last_error TEXT,
    created_at TEXT NOT NULL
) STRICT;
CREATE INDEX feeds_due ON feeds (next_poll_at);

CREATE TABLE feed_bindings (
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    grace_mins INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    PRIMARY KEY (feed_id, list_id)
) STRICT;

CREATE TABLE articles (
    id BLOB NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    summary_html TEXT NOT NULL,
    content_html TEXT NOT NULL,
    image_url TEXT NOT NULL,
    image_alt TEXT NOT NULL,
    published_at TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    held_reason TEXT
) STRICT;

-- Every name an article was ever seen under in a feed. Never pruned by what the feed holds now.
CREATE TABLE article_aliases (
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('guid', 'canonical', 'link')),
    value TEXT NOT NULL,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (feed_id, kind, value)
) STRICT, WITHOUT ROWID;
CREATE INDEX article_aliases_across_feeds ON article_aliases (kind, value);
CREATE INDEX article_aliases_by_article ON article_aliases (article_id);

-- What a feed listed at its last poll, and when that item was first seen there.
CREATE TABLE feed_items (
    feed_id BLOB NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    listed INTEGER NOT NULL,
    first_seen_at TEXT NOT NULL,
    PRIMARY KEY (feed_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX feed_items_listed ON feed_items (feed_id) WHERE listed = TRUE;
CREATE INDEX feed_items_by_article ON feed_items (article_id);

-- `auto_article_id`: the article that made this campaign by itself, once a list.
-- `enqueued_to`: the last subscriber that enqueueing has passed; `enqueued_at`: when it was through.
CREATE TABLE campaigns (
    id BLOB NOT NULL PRIMARY KEY,
    list_id BLOB NOT NULL REFERENCES lists (id),
    auto_article_id BLOB REFERENCES articles (id),
    slug TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')),
    held_reason TEXT,
    status_reason TEXT,
    subject TEXT NOT NULL,
    source_html TEXT,
    mail_html TEXT,
    mail_content TEXT,
    created_at TEXT NOT NULL,
    scheduled_at TEXT,
    started_at TEXT,
    enqueued_to BLOB,
    enqueued_at TEXT,
    finished_at TEXT,
    UNIQUE (list_id, auto_article_id)
) STRICT;
CREATE INDEX campaigns_by_status ON campaigns (status, scheduled_at);

CREATE TABLE campaign_articles (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    article_id BLOB NOT NULL REFERENCES articles (id),
    PRIMARY KEY (campaign_id, article_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX campaign_articles_by_article ON campaign_articles (article_id);

-- The ledger. Few indexes on purpose: each costs every delivery twice.
CREATE TABLE deliveries (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id),
    subscriber_id BLOB NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'leased', 'sending', 'sent', 'deferred', 'bounced', 'failed', 'skipped', 'uncertain')),
    leased_by BLOB,
    attempts INTEGER NOT NULL,
    first_attempt_at TEXT,
    next_attempt_at TEXT,
    status_since TEXT NOT NULL,
    uncertain_at TEXT,
    reply TEXT,
    PRIMARY KEY (campaign_id, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_due ON deliveries (campaign_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Mails to one person that are no campaign: a lane of their own, ahead of all campaigns.
CREATE TABLE notices (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('confirmation', 'subscribed', 'test')),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    subscriber_id BLOB REFERENCES subscribers (id) ON DELETE CASCADE,
    confirmation_id BLOB REFERENCES confirmations (id) ON DELETE CASCADE,
    campaign_id BLOB REFERENCES campaigns (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'leased', 'sending', 'sent', 'deferred', 'bounced', 'failed', 'skipped', 'uncertain')),
    leased_by BLOB,
    attempts INTEGER NOT NULL,
    first_attempt_at TEXT,
    next_attempt_at TEXT,
    status_since TEXT NOT NULL,
    uncertain_at TEXT,
    reply TEXT
) STRICT;
CREATE INDEX notices_by_address ON notices (email_key, created_at);
CREATE INDEX notices_open ON notices (id) WHERE status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain');

-- Processes that deliver. One whose heartbeat stops loses its leases.
CREATE TABLE workers (
    id BLOB NOT NULL PRIMARY KEY,
    started_at TEXT NOT NULL,
    heartbeat_at TEXT NOT NULL
) STRICT;
