-- What commands brought: logs, what actions printed. `content` zstd; `whole` 0: there is more to come.
CREATE TABLE command_output (
  command TEXT NOT NULL PRIMARY KEY REFERENCES command (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  size INTEGER NOT NULL,
  whole INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT, WITHOUT ROWID;
