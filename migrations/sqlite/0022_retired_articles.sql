-- Articles that are offered to nobody any more.
ALTER TABLE articles ADD COLUMN retired_at TEXT;
