-- Which reader a feed was last read with: another one may yield items and names that this one did not.
ALTER TABLE feeds ADD COLUMN reader BIGINT NOT NULL DEFAULT 0;
-- How often the site lets the feed be read (Cache-Control), where it says so.
ALTER TABLE feeds ADD COLUMN asked_secs BIGINT;
