-- What was taken off the published table, as it was signed: nothing that was signed before it comes back.
CREATE TABLE withdrawal (
  id INTEGER PRIMARY KEY,
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  versions TEXT NOT NULL,
  created INTEGER NOT NULL,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  envelope TEXT NOT NULL
) STRICT;
CREATE INDEX withdrawal_by_patch ON withdrawal (application, patch);
