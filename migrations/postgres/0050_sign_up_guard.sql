-- What guards sign-ups, in one row: what an admin set, and how many a minute are usual.
CREATE TABLE sign_up_guard (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    asked_since TIMESTAMPTZ,
    asked_by TEXT NOT NULL,
    stops_disposable BOOLEAN NOT NULL,
    stops_role BOOLEAN NOT NULL,
    stops_no_mail BOOLEAN NOT NULL,
    usual_per_minute DOUBLE PRECISION NOT NULL,
    rules_version BIGINT NOT NULL
);
INSERT INTO sign_up_guard VALUES (1, NULL, '', TRUE, TRUE, TRUE, 0.0, 0);

-- Who may sign up whatever it looks like, and who may not.
CREATE TABLE sign_up_rules (
    id UUID NOT NULL PRIMARY KEY,
    is_allowed BOOLEAN NOT NULL,
    pattern TEXT NOT NULL UNIQUE,
    added_by TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);

-- Proofs of work and tickets that were used, until they would expire.
CREATE TABLE spent_proofs (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX spent_proofs_by_end ON spent_proofs (expires_at);

-- What became of sign-ups, by minute.
CREATE TABLE sign_up_minutes (
    minute TIMESTAMPTZ NOT NULL,
    outcome TEXT NOT NULL,
    sign_ups BIGINT NOT NULL,
    PRIMARY KEY (minute, outcome)
);

-- Where most of them came from and for whom, by hour: networks and domains, never an address.
CREATE TABLE sign_up_sources (
    hour TIMESTAMPTZ NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sign_ups BIGINT NOT NULL,
    stopped BIGINT NOT NULL,
    PRIMARY KEY (hour, kind, name)
);

-- Times at which far more came than usual.
CREATE TABLE sign_up_attacks (
    id UUID NOT NULL PRIMARY KEY,
    began_at TIMESTAMPTZ NOT NULL,
    last_at TIMESTAMPTZ NOT NULL,
    peak_per_minute BIGINT NOT NULL,
    networks BIGINT NOT NULL
);
CREATE INDEX sign_up_attacks_by_time ON sign_up_attacks (last_at);
