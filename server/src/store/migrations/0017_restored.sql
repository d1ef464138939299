-- `awaited`: the server was restored, and the site has not reported since. `remembered`: the site has told its own counters to these data.
ALTER TABLE site ADD COLUMN awaited INTEGER NOT NULL DEFAULT 0;
ALTER TABLE site ADD COLUMN remembered INTEGER NOT NULL DEFAULT 0;
CREATE INDEX site_awaited ON site (name) WHERE awaited = 1;

-- What people signed and a restored server lacks the bytes of: it counts once they are here again.
CREATE TABLE recalled (
  id TEXT NOT NULL PRIMARY KEY,
  sha256 BLOB NOT NULL,
  envelope TEXT NOT NULL,
  at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX recalled_by_content ON recalled (sha256);
