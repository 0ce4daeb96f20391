-- The relay that took a mail. A small number in each delivery, of which there are millions; the name stands here once.
CREATE TABLE relays (
    id INTEGER NOT NULL PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
) STRICT;
ALTER TABLE deliveries ADD COLUMN relay INTEGER;
ALTER TABLE notices ADD COLUMN relay INTEGER;

-- A campaign's short name: a return path has 64 octets before its @. In the order in which they were added.
-- No statement uses the default: SQLite adds no column without one.
ALTER TABLE campaigns ADD COLUMN number INTEGER NOT NULL DEFAULT 0;
UPDATE campaigns SET number = numbered.number
    FROM (SELECT id, ROW_NUMBER() OVER (ORDER BY created_at, id) AS number FROM campaigns) AS numbered
    WHERE numbered.id = campaigns.id;
CREATE UNIQUE INDEX campaigns_by_number ON campaigns (number);
