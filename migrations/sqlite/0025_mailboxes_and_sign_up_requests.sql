-- The mailbox that an address reaches, however it is spelled: see EmailAddress::mailbox. Known of the notices that
-- a sign-up causes, whose number it limits, and of the addresses whose owners said "this wasn't me".
ALTER TABLE notices ADD COLUMN mailbox TEXT;
UPDATE notices SET mailbox = (
    SELECT CASE WHEN whole.domain = '@gmail.com' THEN replace(whole.name, '.', '') ELSE whole.name END || whole.domain
    FROM (SELECT
        CASE WHEN email_key LIKE '+%'
            THEN rtrim(rtrim(email_key, 'abcdefghijklmnopqrstuvwxyz0123456789.-'), '@')
            ELSE substr(email_key, 1, length(email_key) - length(ltrim(email_key, 'abcdefghijklmnopqrstuvwxyz0123456789!#$%&''*-/=?^_`{|}~.')))
        END AS name,
        CASE WHEN email_key LIKE '%@googlemail.com' THEN '@gmail.com'
            ELSE substr(email_key, length(rtrim(email_key, 'abcdefghijklmnopqrstuvwxyz0123456789.-')))
        END AS domain) AS whole)
WHERE kind IN ('confirmation', 'subscribed');
CREATE INDEX notices_by_mailbox ON notices (mailbox, created_at) WHERE mailbox IS NOT NULL;
ALTER TABLE suppressions ADD COLUMN mailbox TEXT;
UPDATE suppressions SET mailbox = (
    SELECT CASE WHEN whole.domain = '@gmail.com' THEN replace(whole.name, '.', '') ELSE whole.name END || whole.domain
    FROM (SELECT
        CASE WHEN email_key LIKE '+%'
            THEN rtrim(rtrim(email_key, 'abcdefghijklmnopqrstuvwxyz0123456789.-'), '@')
            ELSE substr(email_key, 1, length(email_key) - length(ltrim(email_key, 'abcdefghijklmnopqrstuvwxyz0123456789!#$%&''*-/=?^_`{|}~.')))
        END AS name,
        CASE WHEN email_key LIKE '%@googlemail.com' THEN '@gmail.com'
            ELSE substr(email_key, length(rtrim(email_key, 'abcdefghijklmnopqrstuvwxyz0123456789.-')))
        END AS domain) AS whole)
WHERE reason = 'blocked';
CREATE INDEX suppressions_by_mailbox ON suppressions (mailbox) WHERE mailbox IS NOT NULL;

-- Sign-ups that were answered and wait to be worked on, the oldest first. One that fails is due again later.
CREATE TABLE sign_up_requests (
    id BLOB NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    list_ids_json TEXT NOT NULL,
    cadence TEXT NOT NULL CHECK (cadence IN ('each', 'daily', 'weekly')),
    form TEXT NOT NULL,
    wording_version TEXT NOT NULL,
    ip TEXT NOT NULL,
    browser TEXT NOT NULL,
    created_at TEXT NOT NULL,
    due_at TEXT NOT NULL
) STRICT;
