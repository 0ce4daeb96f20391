-- The publication: one row, made by the first start.
CREATE TABLE publication (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    name TEXT NOT NULL,
    tagline TEXT NOT NULL,
    url TEXT NOT NULL,
    postal_address TEXT NOT NULL,
    time_zone TEXT NOT NULL,
    logo_url TEXT NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE lists (
    id UUID NOT NULL PRIMARY KEY,
    slug TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    public BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- `email` is as typed with the domain in ASCII; `email_key` is what matches: all of it in lower case.
CREATE TABLE subscribers (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE subscriptions (
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'unsubscribed', 'bounced', 'complained')),
    cadence TEXT NOT NULL CHECK (cadence IN ('each', 'daily', 'weekly')),
    created_at TIMESTAMPTZ NOT NULL,
    status_since TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (list_id, subscriber_id)
);
CREATE INDEX subscriptions_by_subscriber ON subscriptions (subscriber_id);

-- What a person agreed to, where and when; never changed but to note the confirmation.
CREATE TABLE consents (
    id UUID NOT NULL PRIMARY KEY,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    form TEXT NOT NULL,
    wording_version TEXT NOT NULL,
    requested_at TIMESTAMPTZ NOT NULL,
    requested_ip TEXT NOT NULL,
    confirmed_at TIMESTAMPTZ,
    confirmed_ip TEXT
);
CREATE INDEX consents_by_subscriber ON consents (subscriber_id, list_id);

-- One mailed request to confirm; `browser` is the hash of the cookie that the sign-up set.
CREATE TABLE confirmations (
    id UUID NOT NULL PRIMARY KEY,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    browser TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    confirmed_at TIMESTAMPTZ
);
CREATE INDEX confirmations_by_subscriber ON confirmations (subscriber_id);

CREATE TABLE confirmation_lists (
    confirmation_id UUID NOT NULL REFERENCES confirmations (id) ON DELETE CASCADE,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    PRIMARY KEY (confirmation_id, list_id)
);

-- Addresses that are never mailed again. Keyed by address, so that it outlives the subscriber.
CREATE TABLE suppressions (
    email_key TEXT NOT NULL PRIMARY KEY,
    reason TEXT NOT NULL CHECK (reason IN ('blocked', 'bounced', 'complained', 'manual')),
    detail TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

CREATE TABLE feeds (
    id UUID NOT NULL PRIMARY KEY,
    url TEXT NOT NULL UNIQUE,
    title TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'disabled')),
    poll_secs BIGINT NOT NULL,
    etag TEXT,
    last_modified TEXT,
    moved_to TEXT,
    moved_count BIGINT NOT NULL,
    baseline_at TIMESTAMPTZ,
    last_polled_at TIMESTAMPTZ,
    next_poll_at TIMESTAMPTZ NOT NULL,
    failures BIGINT NOT NULL,
    last_error TEXT,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX feeds_due ON feeds (next_poll_at);

CREATE TABLE feed_bindings (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    grace_mins BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (feed_id, list_id)
);

CREATE TABLE articles (
    id UUID NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    title TEXT NOT NULL,
    author TEXT NOT NULL,
    summary_html TEXT NOT NULL,
    content_html TEXT NOT NULL,
    image_url TEXT NOT NULL,
    image_alt TEXT NOT NULL,
    published_at TIMESTAMPTZ NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    held_reason TEXT
);

-- Every name an article was ever seen under in a feed. Never pruned by what the feed holds now.
CREATE TABLE article_aliases (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('guid', 'canonical', 'link')),
    value TEXT NOT NULL,
    article_id UUID NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    PRIMARY KEY (feed_id, kind, value)
);
CREATE INDEX article_aliases_across_feeds ON article_aliases (kind, value);
CREATE INDEX article_aliases_by_article ON article_aliases (article_id);

-- What a feed listed at its last poll, and when that item was first seen there.
CREATE TABLE feed_items (
    feed_id UUID NOT NULL REFERENCES feeds (id) ON DELETE CASCADE,
    article_id UUID NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    listed BOOLEAN NOT NULL,
    first_seen_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (feed_id, article_id)
);
CREATE INDEX feed_items_listed ON feed_items (feed_id) WHERE listed = TRUE;
CREATE INDEX feed_items_by_article ON feed_items (article_id);

-- `auto_article_id`: the article that made this campaign by itself, once a list.
-- `enqueued_to`: the last subscriber that enqueueing has passed; `enqueued_at`: when it was through.
CREATE TABLE campaigns (
    id UUID NOT NULL PRIMARY KEY,
    list_id UUID NOT NULL REFERENCES lists (id),
    auto_article_id UUID REFERENCES articles (id),
    slug TEXT NOT NULL UNIQUE,
    status TEXT NOT NULL CHECK (status IN ('draft', 'scheduled', 'sending', 'paused', 'sent', 'cancelled')),
    held_reason TEXT,
    status_reason TEXT,
    subject TEXT NOT NULL,
    source_html TEXT,
    mail_html TEXT,
    mail_content TEXT,
    created_at TIMESTAMPTZ NOT NULL,
    scheduled_at TIMESTAMPTZ,
    started_at TIMESTAMPTZ,
    enqueued_to UUID,
    enqueued_at TIMESTAMPTZ,
    finished_at TIMESTAMPTZ,
    UNIQUE (list_id, auto_article_id)
);
CREATE INDEX campaigns_by_status ON campaigns (status, scheduled_at);

CREATE TABLE campaign_articles (
    campaign_id UUID NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    article_id UUID NOT NULL REFERENCES articles (id),
    PRIMARY KEY (campaign_id, article_id)
);
CREATE INDEX campaign_articles_by_article ON campaign_articles (article_id);

-- The ledger. Few indexes on purpose: each costs every delivery twice.
CREATE TABLE deliveries (
    campaign_id UUID NOT NULL REFERENCES campaigns (id),
    subscriber_id UUID NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'leased', 'sending', 'sent', 'deferred', 'bounced', 'failed', 'skipped', 'uncertain')),
    leased_by UUID,
    attempts BIGINT NOT NULL,
    first_attempt_at TIMESTAMPTZ,
    next_attempt_at TIMESTAMPTZ,
    status_since TIMESTAMPTZ NOT NULL,
    uncertain_at TIMESTAMPTZ,
    reply TEXT,
    PRIMARY KEY (campaign_id, subscriber_id)
);
CREATE INDEX deliveries_due ON deliveries (campaign_id, next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Mails to one person that are no campaign: a lane of their own, ahead of all campaigns.
CREATE TABLE notices (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('confirmation', 'subscribed', 'test')),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    subscriber_id UUID REFERENCES subscribers (id) ON DELETE CASCADE,
    confirmation_id UUID REFERENCES confirmations (id) ON DELETE CASCADE,
    campaign_id UUID REFERENCES campaigns (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('queued', 'leased', 'sending', 'sent', 'deferred', 'bounced', 'failed', 'skipped', 'uncertain')),
    leased_by UUID,
    attempts BIGINT NOT NULL,
    first_attempt_at TIMESTAMPTZ,
    next_attempt_at TIMESTAMPTZ,
    status_since TIMESTAMPTZ NOT NULL,
    uncertain_at TIMESTAMPTZ,
    reply TEXT
);
CREATE INDEX notices_by_address ON notices (email_key, created_at);
CREATE INDEX notices_open ON notices (id) WHERE status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain');

-- Processes that deliver. One whose heartbeat stops loses its leases.
CREATE TABLE workers (
    id UUID NOT NULL PRIMARY KEY,
    started_at TIMESTAMPTZ NOT NULL,
    heartbeat_at TIMESTAMPTZ NOT NULL
);
