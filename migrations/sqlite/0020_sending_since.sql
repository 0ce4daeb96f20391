-- When a campaign began to send, or to send again: who finds nothing open says so only of what was read.
ALTER TABLE campaigns ADD COLUMN sending_since TEXT;
