-- The few orders that lie over their cell. Without it, a grid reads every order that was ever the newest of its cell.
CREATE INDEX order_shows ON site_order (application, site, patch) WHERE newest = 1 AND (
  open = 1
  OR json_extract(state, '$.state') IN ('failed', 'timed_out', 'expired', 'unknown')
  OR (hook IS NOT NULL AND (json_extract(hook, '$.code') IS NOT 0 OR json_extract(hook, '$.timed_out')))
);
