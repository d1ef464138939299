-- How a hook ended is in the order's state: the orders that show, and those in trouble, are found by that alone. `hook_over`: a later
-- hook for the whole batch ended well, which ends the trouble of those that failed before.
ALTER TABLE site_order ADD COLUMN hook_over INTEGER NOT NULL DEFAULT 0;
DROP INDEX order_shows;
CREATE INDEX order_shows ON site_order (application, site, patch) WHERE newest = 1 AND (
  open = 1
  OR json_extract(state, '$.state') IN ('failed', 'timed_out', 'expired', 'unknown')
);
DROP INDEX order_troubled;
CREATE INDEX order_troubled ON site_order (seq) WHERE newest = 1 AND
  open = 0 AND hook_over = 0 AND json_extract(state, '$.state') IN ('failed', 'timed_out', 'unknown');
-- What a hook said in the form of before can't be read.
UPDATE site_order SET hook = NULL;
