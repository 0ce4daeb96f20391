-- Who signs in, and how. `password_hash` is argon2id in PHC form; NULL: none yet. `totp_secret` is
-- sealed with the key ring; `totp_step` is the last time step whose code was taken.
ALTER TABLE users ADD COLUMN name TEXT NOT NULL DEFAULT '';
ALTER TABLE users ADD COLUMN password_hash TEXT;
ALTER TABLE users ADD COLUMN totp_secret TEXT;
ALTER TABLE users ADD COLUMN totp_confirmed_at TEXT;
ALTER TABLE users ADD COLUMN totp_step INTEGER NOT NULL DEFAULT 0;
-- Which alerts an admin gets by mail.
ALTER TABLE users ADD COLUMN alert_campaigns INTEGER NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN alert_feeds INTEGER NOT NULL DEFAULT TRUE;
ALTER TABLE users ADD COLUMN alert_relay INTEGER NOT NULL DEFAULT TRUE;

CREATE TABLE recovery_codes (
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    used_at TEXT,
    PRIMARY KEY (user_id, code_hash)
) STRICT, WITHOUT ROWID;

-- A browser that is signed in. The cookie's token is known here by its hash only. `second_factor_at`
-- is NULL while the code of somebody with TOTP is still awaited.
CREATE TABLE sessions (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    second_factor_at TEXT,
    created_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    ip TEXT NOT NULL,
    user_agent TEXT NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);

-- One-time links: to sign in by mail, or to set a password. The link itself is signed, not stored.
CREATE TABLE sign_in_links (
    id BLOB NOT NULL PRIMARY KEY,
    user_id BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('sign_in', 'password')),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL,
    used_at TEXT
) STRICT;
CREATE INDEX sign_in_links_by_user ON sign_in_links (user_id, created_at);

-- Every change that somebody made: who, what, from, to, when, from where. Only ever added to.
CREATE TABLE audit_log (
    id BLOB NOT NULL PRIMARY KEY,
    at TEXT NOT NULL,
    user_id BLOB,
    user_email TEXT NOT NULL,
    ip TEXT NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    subject_name TEXT NOT NULL,
    before_json TEXT NOT NULL,
    after_json TEXT NOT NULL
) STRICT;
CREATE INDEX audit_log_by_subject ON audit_log (subject_kind, subject_id, id);

-- What the desk sets: the sender in place of MAIL_FROM and REPLY_TO where it is not empty, the
-- colour of pages and mails, the undo window, and from how many readers on two persons decide.
ALTER TABLE publication ADD COLUMN brand_colour TEXT NOT NULL DEFAULT '#1b4a78';
ALTER TABLE publication ADD COLUMN from_name TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN from_email TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
ALTER TABLE publication ADD COLUMN undo_secs INTEGER NOT NULL DEFAULT 300;
ALTER TABLE publication ADD COLUMN two_person_min INTEGER;
ALTER TABLE publication ADD COLUMN setup_at TEXT;

-- A list's own sender; empty: the publication's. A retired list takes nobody and sends nothing.
ALTER TABLE lists ADD COLUMN from_name TEXT NOT NULL DEFAULT '';
ALTER TABLE lists ADD COLUMN reply_to TEXT NOT NULL DEFAULT '';
ALTER TABLE lists ADD COLUMN retired_at TEXT;

CREATE TABLE subscriber_tags (
    tag TEXT NOT NULL,
    subscriber_id BLOB NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    PRIMARY KEY (tag, subscriber_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX subscriber_tags_by_subscriber ON subscriber_tags (subscriber_id);

-- Written here: `markdown` is what the editor typed; NULL: it came from a feed. `version` counts saves.
ALTER TABLE articles ADD COLUMN markdown TEXT;
ALTER TABLE articles ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE articles ADD COLUMN updated_at TEXT;
ALTER TABLE articles ADD COLUMN updated_by BLOB REFERENCES users (id) ON DELETE SET NULL;
CREATE TABLE article_versions (
    article_id BLOB NOT NULL REFERENCES articles (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    saved_at TEXT NOT NULL,
    title TEXT NOT NULL,
    markdown TEXT NOT NULL,
    PRIMARY KEY (article_id, version)
) STRICT;

-- A campaign written at the desk. `markdown` stands before its articles, or alone. `correction_of` is the
-- campaign whose readers get this one; `approved_by` the second person.
ALTER TABLE campaigns ADD COLUMN preheader TEXT NOT NULL DEFAULT '';
ALTER TABLE campaigns ADD COLUMN markdown TEXT;
ALTER TABLE campaigns ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE campaigns ADD COLUMN updated_at TEXT;
ALTER TABLE campaigns ADD COLUMN created_by BLOB REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN updated_by BLOB REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN scheduled_by BLOB REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN approved_by BLOB REFERENCES users (id) ON DELETE SET NULL;
ALTER TABLE campaigns ADD COLUMN correction_of BLOB REFERENCES campaigns (id);
ALTER TABLE campaigns ADD COLUMN correction_reason TEXT NOT NULL DEFAULT '';
ALTER TABLE campaign_articles ADD COLUMN position INTEGER NOT NULL DEFAULT 0;
CREATE TABLE campaign_versions (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    version INTEGER NOT NULL,
    user_id BLOB REFERENCES users (id) ON DELETE SET NULL,
    saved_at TEXT NOT NULL,
    subject TEXT NOT NULL,
    preheader TEXT NOT NULL,
    markdown TEXT NOT NULL,
    PRIMARY KEY (campaign_id, version)
) STRICT;

-- Counted now and then, so that no page walks the ledger: how many deliveries of a campaign had which
-- status, by the hour that they took it in; and how a campaign came on.
CREATE TABLE delivery_counts (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    hour TEXT NOT NULL,
    status TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, hour, status)
) STRICT, WITHOUT ROWID;
CREATE INDEX delivery_counts_by_hour ON delivery_counts (hour);
CREATE TABLE campaign_progress (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    sent INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, at)
) STRICT, WITHOUT ROWID;
ALTER TABLE campaigns ADD COLUMN counted_at TEXT;

-- A list's subscriptions, counted now and then; and what a day brought. The days are the publication's.
CREATE TABLE subscription_counts (
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    status TEXT NOT NULL,
    cadence TEXT NOT NULL,
    subscriptions INTEGER NOT NULL,
    counted_at TEXT NOT NULL,
    PRIMARY KEY (list_id, status, cadence)
) STRICT, WITHOUT ROWID;
CREATE TABLE list_days (
    list_id BLOB NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    day TEXT NOT NULL,
    joined INTEGER NOT NULL,
    ended INTEGER NOT NULL,
    bounced INTEGER NOT NULL,
    complained INTEGER NOT NULL,
    PRIMARY KEY (list_id, day)
) STRICT, WITHOUT ROWID;

-- Which instance this database believes to be, and when a process last led it: a database that was
-- copied or slept must not send by itself.
CREATE TABLE instance (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    identity TEXT NOT NULL,
    alive_at TEXT NOT NULL
) STRICT;
ALTER TABLE feeds ADD COLUMN held_reason TEXT;

-- Notices learn the kind `sign_in`. Copied there and back, since SQLite can't change a CHECK; from now on
-- the kinds are the program's, and no CHECK lists them.
CREATE TABLE notices_before AS SELECT * FROM notices;
DROP TABLE notices;
CREATE TABLE notices (
    id BLOB NOT NULL PRIMARY KEY,
    kind TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    subscriber_id BLOB REFERENCES subscribers (id) ON DELETE CASCADE,
    confirmation_id BLOB REFERENCES confirmations (id) ON DELETE CASCADE,
    campaign_id BLOB REFERENCES campaigns (id) ON DELETE CASCADE,
    alert_id BLOB REFERENCES alerts (id) ON DELETE CASCADE,
    sign_in_link_id BLOB REFERENCES sign_in_links (id) ON DELETE CASCADE,
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
INSERT INTO notices (id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id, alert_id, created_at, status, leased_by, attempts, first_attempt_at, next_attempt_at, status_since, uncertain_at, reply)
    SELECT id, kind, email, email_key, subscriber_id, confirmation_id, campaign_id, alert_id, created_at, status, leased_by, attempts, first_attempt_at, next_attempt_at, status_since, uncertain_at, reply FROM notices_before;
DROP TABLE notices_before;
CREATE INDEX notices_by_address ON notices (email_key, created_at);
CREATE INDEX notices_open ON notices (id) WHERE status IN ('queued', 'leased', 'sending', 'deferred', 'uncertain');
CREATE INDEX notices_by_subscriber ON notices (subscriber_id) WHERE subscriber_id IS NOT NULL;
