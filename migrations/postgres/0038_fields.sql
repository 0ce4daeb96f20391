-- Fields of subscribers that an admin defines, and what subscribers have in them.
CREATE TABLE fields (
    id UUID NOT NULL PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'number', 'date', 'yes_no')),
    is_open BOOLEAN NOT NULL,
    is_on_form BOOLEAN NOT NULL,
    position BIGINT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL
);
CREATE TABLE subscriber_fields (
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    field_id UUID NOT NULL REFERENCES fields (id) ON DELETE CASCADE,
    text TEXT COLLATE "C" NOT NULL,
    number DOUBLE PRECISION,
    PRIMARY KEY (subscriber_id, field_id)
);
CREATE INDEX subscriber_fields_by_text ON subscriber_fields (field_id, text, subscriber_id);
CREATE INDEX subscriber_fields_by_number ON subscriber_fields (field_id, number, subscriber_id);
