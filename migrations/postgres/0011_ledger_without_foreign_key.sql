-- A campaign is never removed, and looking it up again for each of a million readers is a third of what
-- enqueueing them costs.
ALTER TABLE deliveries DROP CONSTRAINT deliveries_campaign_id_fkey;
