-- What becomes of a delivery whose end nobody knows: `resend` it, or `leave` it to an editor.
ALTER TABLE publication ADD COLUMN uncertain TEXT NOT NULL DEFAULT 'resend' CHECK (uncertain IN ('resend', 'leave'));

-- How often it was enqueued again after it had ended.
ALTER TABLE deliveries ADD COLUMN requeues BIGINT NOT NULL DEFAULT 0;

-- The campaign whose delivery bounced, so that a relay's false bounces can be undone.
ALTER TABLE suppressions ADD COLUMN campaign_id UUID;
CREATE INDEX suppressions_by_campaign ON suppressions (campaign_id, created_at) WHERE campaign_id IS NOT NULL;

-- What a subscription was before a bounce ended it.
CREATE TABLE bounced_subscriptions (
    subscriber_id UUID NOT NULL,
    list_id UUID NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('pending', 'active')),
    status_since TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (subscriber_id, list_id),
    FOREIGN KEY (list_id, subscriber_id) REFERENCES subscriptions (list_id, subscriber_id) ON DELETE CASCADE
);

-- Who signs in, and who is told when something is wrong.
CREATE TABLE users (
    id UUID NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('admin', 'editor')),
    created_at TIMESTAMPTZ NOT NULL
);

-- What admins were told. Its kinds are not listed here: they grow, and SQLite would have to copy.
CREATE TABLE alerts (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    campaign_id UUID REFERENCES campaigns (id) ON DELETE CASCADE,
    feed_id UUID REFERENCES feeds (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX alerts_by_time ON alerts (created_at);

-- Notices learn the kind `alert`. Copied there and back, since SQLite can't change a CHECK.
CREATE TABLE notices_before AS SELECT * FROM notices;
DROP TABLE notices;
CREATE TABLE notices (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL CHECK (kind IN ('confirmation', 'subscribed', 'test', 'alert')),
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    subscriber_id UUID REFERENCES subscribers (id) ON DELETE CASCADE,
    confirmation_id UUID REFERENCES confirmations (id) ON DELETE CASCADE,
    campaign_id UUID REFERENCES campaigns (id) ON DELETE CASCADE,
    alert_id UUID REFERENCES alerts (id) ON DELETE CASCADE,
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
INSERT INTO notices (id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id, created_at, status, leased_by, attempts, first_attempt_at, next_attempt_at, status_since, uncertain_at, reply)
    SELECT id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id, created_at, status, leased_by, attempts, first_attempt_at, next_attempt_at, status_since, uncertain_at, reply FROM notices_before;
DROP TABLE notices_before;
CREATE INDEX notices_by_address ON notices (email_key, created_at);
CREATE INDEX notices_open ON notices (id) WHERE status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain');
