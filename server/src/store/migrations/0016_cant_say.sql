-- Why nothing can be said of a file, and since when by this server's clock: JSON; null = the row says what the site has.
ALTER TABLE cell ADD COLUMN cant_say TEXT;
-- How many such files there are, and since when the directory is as it is.
ALTER TABLE site_app ADD COLUMN cant_say TEXT;
ALTER TABLE site_app ADD COLUMN directory_since INTEGER;
-- Of which applications nothing is taken, and why: JSON by the name that the agent gave.
ALTER TABLE site ADD COLUMN refused TEXT NOT NULL DEFAULT '{}';

-- What vanished from a site without an order, in the last day and since a person last accepted a drop.
CREATE TABLE vanished (
  application TEXT NOT NULL,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  patch TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (application, site, patch)
) STRICT, WITHOUT ROWID;
