-- What the counting looks for each second: campaigns whose numbers may not be the last ones.
CREATE INDEX campaigns_to_count ON campaigns (id) WHERE counted_at IS NULL OR finished_at IS NULL OR counted_at <= finished_at;

-- What waits for somebody: asked for each page of the desk.
CREATE INDEX campaigns_waiting ON campaigns (id) WHERE held_reason IS NOT NULL OR status = 'paused';

-- A finished campaign by receiving domain; '' stands for all the small ones together.
CREATE TABLE domain_counts (
    campaign_id BLOB NOT NULL REFERENCES campaigns (id) ON DELETE CASCADE,
    domain TEXT NOT NULL,
    status TEXT NOT NULL,
    deliveries INTEGER NOT NULL,
    PRIMARY KEY (campaign_id, domain, status)
) STRICT, WITHOUT ROWID;
