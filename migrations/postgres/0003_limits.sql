-- What a destination domain may get: messages at once in each process, messages a minute in all.
CREATE TABLE domain_limits (
    domain TEXT NOT NULL PRIMARY KEY,
    connections_max BIGINT,
    per_minute BIGINT
);

-- The next free turn of a pace that all processes share: a domain's, or '' for all mail together.
CREATE TABLE paces (
    name TEXT NOT NULL PRIMARY KEY,
    next_at TIMESTAMPTZ NOT NULL
);
