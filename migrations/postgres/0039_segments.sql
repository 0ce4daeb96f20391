-- Saved segments of subscribers: groups of conditions, as JSON of a version. No two have one name, in whatever case.
CREATE TABLE segments (
    id UUID NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    segment_json TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    updated_at TIMESTAMPTZ NOT NULL
);

-- Which of its list's subscribers a campaign is for. `segment_json` is the definition: the segment's own as long as the
-- campaign is a draft, and what it was from then on. `segment_id` says which segment it came from, while there is that one.
ALTER TABLE campaigns ADD COLUMN segment_id UUID REFERENCES segments (id);
ALTER TABLE campaigns ADD COLUMN segment_name TEXT;
ALTER TABLE campaigns ADD COLUMN segment_json TEXT;
CREATE INDEX campaigns_by_segment ON campaigns (segment_id) WHERE segment_id IS NOT NULL;
