-- What a notice is about where no other row holds it: JSON, by kind.
ALTER TABLE notices ADD COLUMN details TEXT;
