-- When the trouble was over, and when somebody took note of it. `relay`: which relay it is about; NULL: all.
ALTER TABLE alerts ADD COLUMN ended_at TIMESTAMPTZ;
ALTER TABLE alerts ADD COLUMN dismissed_at TIMESTAMPTZ;
ALTER TABLE alerts ADD COLUMN relay TEXT;

-- Nobody noted when these were over. A relay that still refuses is told of again.
UPDATE alerts SET ended_at = created_at
    WHERE kind = 'relay_refuses'
       OR campaign_id IN (SELECT id FROM campaigns WHERE status <> 'paused')
       OR feed_id IN (SELECT id FROM feeds WHERE status <> 'disabled');

CREATE INDEX alerts_open ON alerts (created_at) WHERE ended_at IS NULL;
