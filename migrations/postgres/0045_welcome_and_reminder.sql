-- What a list says to whoever has just confirmed it, with so many of its latest articles.
CREATE TABLE list_welcomes (
    list_id UUID PRIMARY KEY NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    is_on BOOLEAN NOT NULL,
    markdown TEXT NOT NULL,
    articles BIGINT NOT NULL
);

-- Whether sign-ups that nobody confirmed are reminded of, once; and since when nothing more is to be reminded of.
ALTER TABLE publication ADD COLUMN reminds BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE confirmations ADD COLUMN reminded_at TIMESTAMPTZ;
CREATE INDEX confirmations_open ON confirmations (created_at) WHERE confirmed_at IS NULL AND reminded_at IS NULL;
