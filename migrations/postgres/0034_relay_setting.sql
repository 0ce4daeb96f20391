-- The relay that an admin set at the desk, where the environment names none. One row at most.
CREATE TABLE relay_setting (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    -- Host, port, user and password, sealed with SECRET_KEY.
    sealed TEXT NOT NULL,
    -- What the relay said to the test that was sent through it.
    reply TEXT NOT NULL,
    set_at TIMESTAMPTZ NOT NULL
);
