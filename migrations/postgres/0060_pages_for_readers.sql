-- What the page was in on which somebody signed up, in the languages that there are; empty: as the list or the publication.
ALTER TABLE sign_up_requests ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- The words by which readers agree, of each version that was ever shown: a consent names its version.
CREATE TABLE wordings (
    version TEXT NOT NULL PRIMARY KEY,
    language TEXT NOT NULL,
    words TEXT NOT NULL,
    first_used_at TIMESTAMPTZ NOT NULL
);

-- Why somebody left a list, as far as they say so.
CREATE TABLE leave_reasons (
    subscriber_id UUID NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE,
    list_id UUID NOT NULL REFERENCES lists (id) ON DELETE CASCADE,
    reason TEXT NOT NULL,
    comment TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (subscriber_id, list_id)
);
CREATE INDEX leave_reasons_by_list ON leave_reasons (list_id, created_at);

-- What a search of the archive looks at, in lower case, and a line or two of it. NULL: nobody has written it yet.
ALTER TABLE campaigns ADD COLUMN archive_text TEXT;
ALTER TABLE campaigns ADD COLUMN archive_summary TEXT;
CREATE INDEX campaigns_archived ON campaigns (started_at, id) WHERE started_at IS NOT NULL AND mail_html IS NOT NULL;
CREATE INDEX campaigns_without_text ON campaigns (id)
    WHERE archive_text IS NULL AND started_at IS NOT NULL AND mail_html IS NOT NULL;

-- The publication's own icon; empty: one is made of its name and colour.
ALTER TABLE publication ADD COLUMN icon_url TEXT NOT NULL DEFAULT '';
