-- How many days are kept: sign-ups that nobody confirmed, network addresses, what happened to readers. NULL: for good.
ALTER TABLE publication ADD COLUMN keep_pending_days BIGINT;
ALTER TABLE publication ADD COLUMN keep_ips_days BIGINT;
ALTER TABLE publication ADD COLUMN keep_events_days BIGINT;
-- How far what is kept for a time was looked through.
CREATE TABLE retention_marks (
    name TEXT NOT NULL PRIMARY KEY,
    walked_to UUID NOT NULL
);
CREATE INDEX import_rows_with_ip ON import_rows (requested_at) WHERE requested_ip <> '' OR confirmed_ip <> '';

-- Addresses that were erased, as salted hashes: no file brings them back. `reason` is why one was never to be mailed, as
-- in suppressions; NULL: it was erased, and its owner may sign up again.
CREATE TABLE erased_addresses (
    hash TEXT NOT NULL PRIMARY KEY,
    mailbox_hash TEXT,
    salt TEXT NOT NULL,
    reason TEXT,
    erased_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX erased_addresses_by_mailbox ON erased_addresses (mailbox_hash) WHERE mailbox_hash IS NOT NULL;

-- Readers of a list who are asked whether they still want it, and leave it at `ends_at` unless they say so. `walked_to`
-- is how far they were asked, and then how far they were unsubscribed.
CREATE TABLE permission_requests (
    id UUID NOT NULL PRIMARY KEY,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    user_email TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('asking', 'waiting', 'ending', 'done', 'cancelled')),
    joined_before TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    walked_to UUID NOT NULL,
    asked BIGINT NOT NULL,
    kept BIGINT NOT NULL,
    ended BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX permission_requests_open ON permission_requests (id) WHERE status IN ('asking', 'waiting', 'ending');
CREATE UNIQUE INDEX permission_requests_one_a_list ON permission_requests (list_id)
    WHERE status IN ('asking', 'waiting', 'ending');
CREATE TABLE permission_readers (
    request_id UUID NOT NULL REFERENCES permission_requests (id) ON DELETE CASCADE,
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    notice_id UUID NOT NULL,
    kept_at TIMESTAMPTZ,
    PRIMARY KEY (request_id, subscriber_id)
);
CREATE INDEX permission_readers_by_subscriber ON permission_readers (subscriber_id);
