-- What came of each job of the schedule, as whoever leads says at most once a minute.
CREATE TABLE job_runs (
    name TEXT PRIMARY KEY,
    succeeded_at TIMESTAMPTZ,
    failing_since TIMESTAMPTZ,
    failures BIGINT NOT NULL,
    error TEXT NOT NULL
);
