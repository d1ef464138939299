-- Times are milliseconds since 1970 UTC; hashes are the 32 bytes of a SHA-256; ids and names are text; bodies are JSON.

CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;

-- Every content, once. `base` is for contents that are kept as the difference to another one.
CREATE TABLE content (
  sha256 BLOB NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  encoding TEXT NOT NULL CHECK (encoding IN ('plain', 'zstd')),
  base BLOB REFERENCES content (sha256),
  bytes BLOB NOT NULL,
  stored_at INTEGER NOT NULL
) STRICT;

CREATE TABLE user (
  name TEXT NOT NULL PRIMARY KEY,
  role TEXT NOT NULL,
  token BLOB UNIQUE,
  key TEXT,
  key_since INTEGER,
  secret BLOB,
  secret_expires INTEGER,
  last_seen INTEGER,
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE trust (version INTEGER NOT NULL PRIMARY KEY, signed TEXT NOT NULL, at INTEGER NOT NULL) STRICT;

CREATE TABLE application (name TEXT NOT NULL PRIMARY KEY, settings TEXT NOT NULL) STRICT;

CREATE TABLE site (
  name TEXT NOT NULL PRIMARY KEY,
  groups TEXT NOT NULL,
  token BLOB UNIQUE,
  secret BLOB,
  secret_expires INTEGER,
  enrolled_at INTEGER,
  last_seen INTEGER,
  address TEXT,
  agent_version TEXT,
  clock_error_ms INTEGER,
  digest BLOB,
  inventory BLOB,
  clones TEXT,
  created INTEGER NOT NULL
) STRICT;

-- What runs at a site, and what is known of its directory.
CREATE TABLE site_app (
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  application TEXT NOT NULL REFERENCES application (name),
  version TEXT NOT NULL,
  directory TEXT,
  ignored TEXT NOT NULL DEFAULT '[]',
  held TEXT,
  PRIMARY KEY (site, application)
) STRICT, WITHOUT ROWID;
CREATE INDEX site_app_by_application ON site_app (application, site);

-- One patch at one site. `has`: null = absent. `base`: null = never agreed, empty = agreed on nothing.
CREATE TABLE cell (
  application TEXT NOT NULL,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  patch TEXT NOT NULL,
  has BLOB,
  size INTEGER NOT NULL,
  since INTEGER NOT NULL,
  base BLOB,
  PRIMARY KEY (application, site, patch)
) STRICT, WITHOUT ROWID;
CREATE INDEX cell_by_content ON cell (site, has);
CREATE INDEX cell_by_patch ON cell (application, patch);

-- One content of one patch, and what its text says about itself.
CREATE TABLE revision (
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  author TEXT,
  changed_at TEXT,
  filed_out_at TEXT,
  issue TEXT,
  stamped INTEGER NOT NULL,
  first_seen INTEGER NOT NULL,
  origin TEXT NOT NULL,
  PRIMARY KEY (application, patch, sha256)
) STRICT, WITHOUT ROWID;
CREATE INDEX revision_by_content ON revision (sha256);

-- Which site has uploaded what.
CREATE TABLE upload (
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (site, sha256)
) STRICT, WITHOUT ROWID;

CREATE TABLE publication (
  id INTEGER PRIMARY KEY,
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  size INTEGER NOT NULL,
  versions TEXT NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  envelope TEXT NOT NULL
) STRICT;
CREATE INDEX publication_by_patch ON publication (application, patch, sha256);
CREATE INDEX publication_by_content ON publication (application, sha256);

-- What is or was current, version by version. One row each time that it changed; `sha256` null: taken off the table.
CREATE TABLE current (
  id INTEGER PRIMARY KEY,
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  version TEXT NOT NULL,
  sha256 BLOB,
  size INTEGER NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  newest INTEGER NOT NULL
) STRICT;
CREATE INDEX current_by_patch ON current (application, patch, version, id);
CREATE UNIQUE INDEX current_newest ON current (application, version, patch) WHERE newest = 1;

CREATE TABLE site_order (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  action TEXT NOT NULL,
  content BLOB,
  expected BLOB,
  counter INTEGER NOT NULL,
  by TEXT NOT NULL,
  created INTEGER NOT NULL,
  install_by INTEGER NOT NULL,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,
  newest INTEGER NOT NULL,
  hook TEXT,
  envelope TEXT NOT NULL
) STRICT;
CREATE INDEX order_open ON site_order (site, seq) WHERE open = 1;
CREATE INDEX order_content ON site_order (site, content);
CREATE UNIQUE INDEX order_newest ON site_order (application, site, patch) WHERE newest = 1;

-- The highest counter of each cell, from orders and from what agents report. It outlives everything else.
CREATE TABLE counter (
  application TEXT NOT NULL,
  site TEXT NOT NULL,
  patch TEXT NOT NULL,
  highest INTEGER NOT NULL,
  PRIMARY KEY (application, site, patch)
) STRICT, WITHOUT ROWID;

-- What happened: the audit. `hash` covers the row and the hash before it.
CREATE TABLE activity (
  seq INTEGER PRIMARY KEY,
  row TEXT NOT NULL,
  hash BLOB NOT NULL
) STRICT;
CREATE TRIGGER activity_is_never_changed BEFORE UPDATE ON activity BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE TRIGGER activity_is_never_deleted BEFORE DELETE ON activity BEGIN SELECT RAISE(ABORT, 'the audit is append-only'); END;
CREATE INDEX revision_unstamped ON revision (application) WHERE stamped = 0;
