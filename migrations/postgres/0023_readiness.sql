-- One row that is written to find out whether the database can be written to.
CREATE TABLE readiness (
    id BIGINT PRIMARY KEY CHECK (id = 1),
    token TEXT NOT NULL,
    padding TEXT NOT NULL
);
