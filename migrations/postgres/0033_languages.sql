-- The language of pages and mails (a BCP 47 tag): the reader's, else the list's, else the publication's; empty: not said.
ALTER TABLE publication ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE lists ADD COLUMN language TEXT NOT NULL DEFAULT '';
ALTER TABLE subscribers ADD COLUMN language TEXT NOT NULL DEFAULT '';

-- The line that says why a reader gets a mail is filled as a whole now. What is being sent keeps its shorter one.
UPDATE campaigns SET mail_content = replace(replace(mail_content, '%%POSTRIDER-CADENCE%%', ''), '%%POSTRIDER-SINCE%%', '')
WHERE mail_content LIKE '%POSTRIDER-CADENCE%';
