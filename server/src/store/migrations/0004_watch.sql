-- Commands. `by` null: the server asked by itself.
CREATE TABLE command (
  seq INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  open INTEGER NOT NULL,
  by TEXT,
  created INTEGER NOT NULL,
  deadline INTEGER NOT NULL
) STRICT;
CREATE INDEX command_open ON command (site, seq) WHERE open = 1;
CREATE INDEX command_by_site ON command (site, seq);

-- States as they came. `outcome` is a StateReport without its content, `content` zstd; `findings` a Findings without its lines.
CREATE TABLE state (
  seq INTEGER PRIMARY KEY,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  application TEXT NOT NULL,
  at INTEGER NOT NULL,
  modified INTEGER,
  exit INTEGER,
  format TEXT,
  content BLOB,
  worst TEXT NOT NULL,
  findings TEXT NOT NULL,
  newest INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX state_newest ON state (site, application) WHERE newest = 1;
CREATE INDEX state_by_site ON state (site, application, seq);

-- Incidents. `open` 1: it is wrong now.
CREATE TABLE incident (
  id INTEGER PRIMARY KEY,
  subject TEXT NOT NULL,
  site TEXT,
  open INTEGER NOT NULL,
  closed_at INTEGER,
  incident TEXT NOT NULL
) STRICT;
CREATE UNIQUE INDEX incident_open ON incident (subject) WHERE open = 1;
CREATE INDEX incident_closed ON incident (closed_at) WHERE open = 0;

-- What is to be told, one row for each notice; `mail`: the mail that tells it, once there is one.
CREATE TABLE outbox (
  seq INTEGER PRIMARY KEY,
  notice TEXT NOT NULL,
  incident_id INTEGER NOT NULL,
  incident TEXT NOT NULL,
  at INTEGER NOT NULL,
  mail INTEGER REFERENCES mail (seq)
) STRICT;
CREATE INDEX outbox_waiting ON outbox (seq) WHERE mail IS NULL;
CREATE INDEX outbox_by_incident ON outbox (incident_id, mail);
CREATE INDEX outbox_by_mail ON outbox (mail);

-- Mails, their Message-ID committed before the first try. `earlier`: the Message-IDs that it follows; `recipients`: the
-- addresses that have not taken it yet.
CREATE TABLE mail (
  seq INTEGER PRIMARY KEY,
  message_id TEXT NOT NULL UNIQUE,
  earlier TEXT NOT NULL,
  recipients TEXT NOT NULL,
  subject TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT NOT NULL,
  at INTEGER NOT NULL,
  tries INTEGER NOT NULL DEFAULT 0,
  next_try INTEGER,
  sent_at INTEGER,
  trouble TEXT
) STRICT;
CREATE INDEX mail_waiting ON mail (next_try) WHERE next_try IS NOT NULL;

-- Newest orders of their cells that came to nothing, or whose hook did: looked for often, and few.
CREATE INDEX order_troubled ON site_order (seq) WHERE newest = 1 AND
  (open = 0 AND json_extract(state, '$.state') IN ('failed', 'timed_out', 'unknown')
   OR hook IS NOT NULL AND coalesce(json_extract(hook, '$.code'), 1) <> 0);

CREATE TABLE maintenance (
  id INTEGER PRIMARY KEY,
  scope TEXT NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  by TEXT NOT NULL,
  reason TEXT
) STRICT;

-- Icons that are shown without a login, by keys that can't be guessed.
CREATE TABLE badge (
  key TEXT NOT NULL PRIMARY KEY,
  scope TEXT NOT NULL,
  by TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
