-- What an admin took away for good. The statements stay, so that nothing that was signed before brings it back.
CREATE TABLE purge (
  id INTEGER PRIMARY KEY,
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  created INTEGER NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  envelope TEXT NOT NULL
) STRICT;
CREATE INDEX purge_by_content ON purge (application, patch, sha256);
