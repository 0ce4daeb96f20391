-- Who signs in, and how. `password_hash` is argon2id in PHC form; NULL: none yet. `totp_secret` is
-- sealed with the key ring; `totp_step` is the last time step whose code was taken.
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN password_hash TEXT;
ALTER TABLE users ADD COLUMN totp_secret TEXT;
ALTER TABLE users ADD COLUMN totp_confirmed_at TIMESTAMPTZ;
ALTER TABLE users ADD COLUMN totp_step BIGINT NOT NULL DEFAULT 0;
-- Which alerts an admin gets by mail.
ALTER TABLE users ADD COLUMN alert_campaigns BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN alert_feeds BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN alert_relay BOOLEAN NOT NULL DEFAULT TRUE;

CREATE TABLE recovery_codes (
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    used_at TIMESTAMPTZ,
    PRIMARY KEY (user_id, code_hash)
);

-- A browser that is signed in. The cookie's token is known here by its hash only. `second_factor_at`
-- is NULL while the code of somebody with TOTP is still awaited.
CREATE TABLE sessions (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    second_factor_at TIMESTAMPTZ,
    created_at TIMESTAMPTZ NOT NULL,
    last_seen_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);

-- One-time links: to sign in by mail, or to set a password. The link itself is signed, not stored.
CREATE TABLE sign_in_links (
    id UUID NOT NULL PRIMARY KEY,
    user_id UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('sign_in', 'password')),
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    used_at TIMESTAMPTZ
);
CREATE INDEX sign_in_links_by_user ON sign_in_links (user_id, created_at);

-- Every change that somebody made: who, what, from, to, when, from where. Only ever added to.
CREATE TABLE audit_log (
    id UUID NOT NULL PRIMARY KEY,
    at TIMESTAMPTZ NOT NULL,
    user_id UUID,
    user_email TEXT NOT NULL,
    ip TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL
);
CREATE INDEX audit_log_by_subject ON audit_log (subject_kind, subject_id, id);

-- What the desk sets: the sender in place of MAIL_FROM and REPLY_TO where it is not empty, the
-- colour of pages and mails, the undo window, and from how many readers on two persons decide.
ALTER TABLE publication ADD COLUMN brand_colour TEXT NOT NULL DEFAULT '#1b4a78';
ALTER TABLE publication ADD COLUMN from_name TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN from_email TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN undo_secs BIGINT NOT NULL DEFAULT 300;
ALTER TABLE publication ADD COLUMN two_person_min BIGINT;
ALTER TABLE publication ADD COLUMN setup_at TIMESTAMPTZ;

-- A list's own sender; empty: the publication's. A retired list takes nobody and sends nothing.
ALTER TABLE lists ADD COLUMN from_name TEXT NOT NULL DEFAULT '';
ALTER TABLE lists ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
ALTER TABLE lists ADD COLUMN retired_at TIMESTAMPTZ;

CREATE TABLE subscriber_tags (
    tag TEXT NOT NULL,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (tag, subscriber_id)
);
CREATE INDEX subscriber_tags_by_subscriber ON subscriber_tags (subscriber_id);

-- Written here: `markdown` is what the editor typed; NULL: it came from a feed. `version` counts saves.
ALTER TABLE articles ADD COLUMN markdown TEXT;
ALTER TABLE articles ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE articles ADD COLUMN updated_by UUID REFERENCES users (id) ON DELETE SET NULL;
CREATE TABLE article_versions (
    article_id UUID NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    title TEXT NOT NULL,
    markdown TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
);

-- A campaign written at the desk. `markdown` stands before its articles, or alone. `correction_of` is the
-- campaign whose readers get this one; `approved_by` the second person.
ALTER TABLE campaigns ADD COLUMN preheader TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN markdown TEXT;
ALTER TABLE campaigns ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE campaigns ADD COLUMN created_by UUID REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN updated_by UUID REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN scheduled_by UUID REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN approved_by UUID REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN correction_of UUID REFERENCES campaigns (id);
ALTER TABLE campaigns ADD COLUMN correction_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_articles ADD COLUMN position BIGINT NOT NULL DEFAULT 0;
CREATE TABLE campaign_versions (
    campaign_id UUID NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    version BIGINT NOT NULL,
    user_id UUID REFERENCES users (id) ON DELETE SET NULL,
    saved_at TIMESTAMPTZ NOT NULL,
    subject TEXT NOT NULL,
    preheader TEXT NOT NULL,
    markdown TEXT NOT NULL,
    PRIMARY KEY (campaign_id, version)
);

-- Counted now and then, so that no page walks the ledger: how many deliveries of a campaign had which
-- status, by the hour that they took it in; and how a campaign came on.
CREATE TABLE delivery_counts (
    campaign_id UUID NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    hour TIMESTAMPTZ NOT NULL,
    status TEXT NOT NULL,
    deliveries BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, hour, status)
);
CREATE INDEX delivery_counts_by_hour ON delivery_counts (hour);
CREATE TABLE campaign_progress (
    campaign_id UUID NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    at TIMESTAMPTZ NOT NULL,
    sent BIGINT NOT NULL,
    PRIMARY KEY (campaign_id, at)
);
ALTER TABLE campaigns ADD COLUMN counted_at TIMESTAMPTZ;

-- A list's subscriptions, counted now and then; and what a day brought. The days are the publication's.
CREATE TABLE subscription_counts (
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    cadence TEXT NOT NULL,
    subscriptions BIGINT NOT NULL,
    counted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (list_id, status, cadence)
);
CREATE TABLE list_days (
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    joined BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    bounced BIGINT NOT NULL,
    complained BIGINT NOT NULL,
    PRIMARY KEY (list_id, day)
);

-- Which instance this database believes to be, and when a process last led it: a database that was
-- copied or slept must not send by itself.
CREATE TABLE instance (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    identity TEXT NOT NULL,
    alive_at TIMESTAMPTZ NOT NULL
);
ALTER TABLE feeds ADD COLUMN held_reason TEXT;

-- Notices learn the kind `sign_in`. Copied there and back, since SQLite can't change a CHECK; from now on
-- the kinds are the program's, and no CHECK lists them.
CREATE TABLE notices_before AS SELECT * FROM notices;
DROP TABLE notices;
CREATE TABLE notices (
    id UUID NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    subscriber_id UUID REFERENCES subscribers (id) ON DELETE CASCADE,
    confirmation_id UUID REFERENCES confirmations (id) ON DELETE CASCADE,
    campaign_id UUID REFERENCES campaigns (id) ON DELETE CASCADE,
    alert_id UUID REFERENCES alerts (id) ON DELETE CASCADE,
    sign_in_link_id UUID REFERENCES sign_in_links (id) ON DELETE CASCADE,
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
INSERT INTO notices (id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id, alert_id, created_at, status, leased_by, attempts, first_attempt_at, next_attempt_at, status_since, uncertain_at, reply)
    SELECT id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id, alert_id, created_at, status, leased_by, attempts, first_attempt_at, next_attempt_at, status_since, uncertain_at, reply FROM notices_before;
DROP TABLE notices_before;
CREATE INDEX notices_by_address ON notices (email_key, created_at);
CREATE INDEX notices_open ON notices (id) WHERE status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain');
CREATE INDEX notices_by_subscriber ON notices (subscriber_id) WHERE subscriber_id IS NOT NULL;
