-- How many texts each error has and how much they take, so that the largest is found at once when all of them take too much.
ALTER TABLE error_group ADD COLUMN texts INTEGER NOT NULL DEFAULT 0;
ALTER TABLE error_group ADD COLUMN text_bytes INTEGER NOT NULL DEFAULT 0;
UPDATE error_group SET
  texts = (SELECT count(*) FROM walkback WHERE walkback.error_group = error_group.id),
  text_bytes = (SELECT coalesce(sum(length(body)), 0) FROM walkback WHERE walkback.error_group = error_group.id);
-- Beside its first and its newest text there is something that may go.
CREATE INDEX error_group_large ON error_group (text_bytes) WHERE texts > 2;

DROP TRIGGER walkback_in;
DROP TRIGGER walkback_out;
CREATE TRIGGER walkback_in AFTER INSERT ON walkback BEGIN
  UPDATE walkback_kept SET bytes = bytes + length(NEW.body);
  UPDATE error_group SET texts = texts + 1, text_bytes = text_bytes + length(NEW.body) WHERE id = NEW.error_group;
END;
CREATE TRIGGER walkback_out AFTER DELETE ON walkback BEGIN
  UPDATE walkback_kept SET bytes = bytes - length(OLD.body);
  UPDATE error_group SET texts = texts - 1, text_bytes = text_bytes - length(OLD.body) WHERE id = OLD.error_group;
END;
