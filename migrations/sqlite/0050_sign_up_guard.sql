-- What guards sign-ups, in one row: what an admin set, and how many a minute are usual.
CREATE TABLE sign_up_guard (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id = 1),
    asked_since TEXT,
    asked_by TEXT NOT NULL,
    stops_disposable INTEGER NOT NULL,
    stops_role INTEGER NOT NULL,
    stops_no_mail INTEGER NOT NULL,
    usual_per_minute REAL NOT NULL,
    rules_version INTEGER NOT NULL
) STRICT;
INSERT INTO sign_up_guard VALUES (1, NULL, '', TRUE, TRUE, TRUE, 0.0, 0);

-- Who may sign up whatever it looks like, and who may not.
CREATE TABLE sign_up_rules (
    id BLOB NOT NULL PRIMARY KEY,
    is_allowed INTEGER NOT NULL,
    pattern TEXT NOT NULL UNIQUE,
    added_by TEXT NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- Proofs of work and tickets that were used, until they would expire.
CREATE TABLE spent_proofs (
    id TEXT NOT NULL PRIMARY KEY,
    expires_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX spent_proofs_by_end ON spent_proofs (expires_at);

-- What became of sign-ups, by minute.
CREATE TABLE sign_up_minutes (
    minute TEXT NOT NULL,
    outcome TEXT NOT NULL,
    sign_ups INTEGER NOT NULL,
    PRIMARY KEY (minute, outcome)
) STRICT, WITHOUT ROWID;

-- Where most of them came from and for whom, by hour: networks and domains, never an address.
CREATE TABLE sign_up_sources (
    hour TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    sign_ups INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    PRIMARY KEY (hour, kind, name)
) STRICT, WITHOUT ROWID;

-- Times at which far more came than usual.
CREATE TABLE sign_up_attacks (
    id BLOB NOT NULL PRIMARY KEY,
    began_at TEXT NOT NULL,
    last_at TEXT NOT NULL,
    peak_per_minute INTEGER NOT NULL,
    networks INTEGER NOT NULL
) STRICT;
CREATE INDEX sign_up_attacks_by_time ON sign_up_attacks (last_at);
