-- What a subscriber is found by: their address, its domain, and the words of their name, in lower case, so
-- that a beginning of any of them is a range of this key. Rows without words get them in the background.
CREATE TABLE subscriber_words (
    word TEXT COLLATE "C" NOT NULL,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    PRIMARY KEY (word, subscriber_id)
);
CREATE INDEX subscriber_words_by_subscriber ON subscriber_words (subscriber_id, word);
ALTER TABLE subscribers ADD COLUMN has_words BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX subscribers_without_words ON subscribers (id) WHERE has_words = FALSE;

-- Ten bounced readers among a million are found by walking ten.
CREATE INDEX subscriptions_by_list_and_status ON subscriptions (list_id, status, cadence, subscriber_id);
CREATE INDEX subscriptions_by_status ON subscriptions (status, cadence, subscriber_id);

CREATE INDEX suppressions_by_time ON suppressions (created_at, email_key);
CREATE INDEX suppressions_by_address ON suppressions (email_key COLLATE "C");

-- One change to many subscribers: to those whose rows it has, or, while it runs, to all that its filter
-- finds below `walked_to`. Its time stands in all that it changed, so that undoing it finds its own only.
CREATE TABLE bulk_changes (
    id UUID NOT NULL PRIMARY KEY,
    user_email TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('tag', 'untag', 'cadence', 'unsubscribe', 'suppress')),
    tag TEXT NOT NULL,
    list_id UUID REFERENCES lists (id) ON DELETE CASCADE,
    cadence TEXT NOT NULL,
    filter_json TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'done', 'undoing', 'undone')),
    walked_to UUID NOT NULL,
    changed BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX bulk_changes_open ON bulk_changes (id) WHERE status IN ('running', 'undoing');

-- What a row was before; a list of zeros where the change was to the subscriber.
CREATE TABLE bulk_change_rows (
    bulk_change_id UUID NOT NULL REFERENCES bulk_changes (id) ON DELETE CASCADE,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    list_id UUID NOT NULL,
    status TEXT NOT NULL,
    cadence TEXT NOT NULL,
    since TIMESTAMPTZ,
    PRIMARY KEY (bulk_change_id, subscriber_id, list_id)
);
CREATE INDEX bulk_change_rows_by_subscriber ON bulk_change_rows (subscriber_id);

-- A file that is being imported: its lines wait in parts, and a part goes when it is stored.
CREATE TABLE imports (
    id UUID NOT NULL PRIMARY KEY,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    user_email TEXT NOT NULL,
    file_name TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('active', 'pending')),
    consent TEXT NOT NULL,
    lines BIGINT NOT NULL,
    added BIGINT NOT NULL,
    left_alone BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    refusals_json TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ
);
CREATE INDEX imports_open ON imports (id) WHERE ended_at IS NULL;
CREATE TABLE import_parts (
    import_id UUID NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    part BIGINT NOT NULL,
    rows_json TEXT NOT NULL,
    PRIMARY KEY (import_id, part)
);
