-- Everything that was read out of a revision, kept beside it so that the grid's look-ups stay small. `summary` is a StampInfo,
-- `stamp` the whole Stamp. `again_at`: when a time that lay ahead no longer does, so that it is to be read again.
CREATE TABLE stamp (
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  summary TEXT NOT NULL,
  stamp TEXT NOT NULL,
  again_at INTEGER,
  PRIMARY KEY (application, patch, sha256)
) STRICT;
CREATE INDEX stamp_again ON stamp (again_at) WHERE again_at IS NOT NULL;

-- What people say against what was read; at most one row per field. `value` null: there is none.
CREATE TABLE correction (
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  sha256 BLOB NOT NULL,
  field TEXT NOT NULL CHECK (field IN ('author', 'changed_at', 'issue')),
  value TEXT,
  by TEXT NOT NULL,
  at INTEGER NOT NULL,
  PRIMARY KEY (application, patch, sha256, field)
) STRICT, WITHOUT ROWID;

-- `author`, `changed_at` and `issue` are what counts; these say how they came about.
ALTER TABLE revision ADD COLUMN issue_read TEXT;
ALTER TABLE revision ADD COLUMN ambiguous INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revision ADD COLUMN corrected INTEGER NOT NULL DEFAULT 0;

-- Whether an issue was named at publish or read can't be told any more: it stays, as its newest publisher's word.
INSERT INTO correction
  SELECT application, patch, sha256, 'issue', issue, publication.by, publication.at
  FROM revision JOIN publication USING (application, patch, sha256)
  WHERE issue IS NOT NULL
    AND publication.id = (SELECT max(id) FROM publication AS newest WHERE newest.application = revision.application
                          AND newest.patch = revision.patch AND newest.sha256 = revision.sha256);

-- The one pattern of an application becomes a list of them.
UPDATE application SET settings = json_set(settings, '$.stamps',
  json_array(json_object('pattern', json_extract(settings, '$.stamp'), 'time_format', NULL, 'place', 'anywhere')))
  WHERE json_extract(settings, '$.stamp') IS NOT NULL;
UPDATE application SET settings = json_remove(settings, '$.stamp');

-- All is read again, by the rules of this version.
UPDATE revision SET stamped = 0;
