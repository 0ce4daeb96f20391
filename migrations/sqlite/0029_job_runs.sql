-- What came of each job of the schedule, as whoever leads says at most once a minute.
CREATE TABLE job_runs (
    name TEXT PRIMARY KEY,
    succeeded_at TEXT,
    failing_since TEXT,
    failures INTEGER NOT NULL,
    error TEXT NOT NULL
) STRICT;
