-- The one-time secret that was used last, when, from which address and, of people, with which key: whoever used it and never heard the
-- answer is answered again, and anybody else hears who it was.
ALTER TABLE site ADD COLUMN used_secret BLOB;
ALTER TABLE site ADD COLUMN used_at INTEGER;
ALTER TABLE site ADD COLUMN used_from TEXT;
ALTER TABLE user ADD COLUMN used_secret BLOB;
ALTER TABLE user ADD COLUMN used_at INTEGER;
ALTER TABLE user ADD COLUMN used_from TEXT;
ALTER TABLE user ADD COLUMN used_key TEXT;
