-- Contents whose bytes are no longer what their hash says. They are given to nobody, and count as not stored, until somebody gives
-- the right bytes. `bytes` is what is left of them; `known_at` who has the right ones, in words.
CREATE TABLE damaged_content (
  sha256 BLOB NOT NULL PRIMARY KEY,
  size INTEGER NOT NULL,
  encoding TEXT NOT NULL,
  bytes BLOB,
  found_at INTEGER NOT NULL,
  words TEXT NOT NULL
) STRICT;
