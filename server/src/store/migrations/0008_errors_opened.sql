-- How many errors each site was the first to report, on the newest day (since 1970, UTC) on which it was the first with any.
CREATE TABLE error_opened (
  site TEXT PRIMARY KEY REFERENCES site (name) ON DELETE CASCADE,
  day INTEGER NOT NULL,
  count INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
