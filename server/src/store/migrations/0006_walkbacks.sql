-- Walkbacks by the error that they are of; when a week begins: `fieldpost_common::error_group::week_of`.
CREATE TABLE error_group (
  id INTEGER PRIMARY KEY,
  application TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  dialect TEXT NOT NULL,
  exception TEXT,
  message TEXT,
  top_frame TEXT,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  count INTEGER NOT NULL,
  mailed INTEGER NOT NULL,
  state TEXT NOT NULL,
  issue TEXT,
  UNIQUE (application, fingerprint)
) STRICT;
-- New ones that somebody has to hear of, and those that came back: looked for all the time, and few.
CREATE INDEX error_group_alarming ON error_group (id)
  WHERE json_extract(state, '$.phase') IN ('new', 'regressed') AND json_extract(state, '$.muted_by') IS NULL;

CREATE TABLE error_count (
  error_group INTEGER NOT NULL REFERENCES error_group (id) ON DELETE CASCADE,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  version TEXT NOT NULL,
  week INTEGER NOT NULL,
  count INTEGER NOT NULL,
  mailed INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  last_seen INTEGER NOT NULL,
  PRIMARY KEY (error_group, site, version, week)
) STRICT, WITHOUT ROWID;

-- Texts: of each group and site the first, and the newest few. `body`: zstd.
CREATE TABLE walkback (
  seq INTEGER PRIMARY KEY,
  error_group INTEGER NOT NULL REFERENCES error_group (id) ON DELETE CASCADE,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  version TEXT NOT NULL,
  at INTEGER NOT NULL,
  file TEXT NOT NULL,
  process TEXT,
  mailed INTEGER NOT NULL,
  first INTEGER NOT NULL,
  size INTEGER NOT NULL,
  body BLOB NOT NULL
) STRICT;
CREATE INDEX walkback_by_group ON walkback (error_group, site, first, seq);

-- How many bytes of texts are kept.
CREATE TABLE walkback_kept (bytes INTEGER NOT NULL) STRICT;
INSERT INTO walkback_kept VALUES (0);
CREATE TRIGGER walkback_in AFTER INSERT ON walkback BEGIN UPDATE walkback_kept SET bytes = bytes + length(NEW.body); END;
CREATE TRIGGER walkback_out AFTER DELETE ON walkback BEGIN UPDATE walkback_kept SET bytes = bytes - length(OLD.body); END;

-- Which pieces came already.
CREATE TABLE walkback_piece (
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (site, id)
) STRICT, WITHOUT ROWID;

-- What sites could not keep until it was sent.
CREATE TABLE walkback_dropped (
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  application TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (site, application)
) STRICT, WITHOUT ROWID;
