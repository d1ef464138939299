-- What undoes what, and what became of each publication. `entry`: the row whose content a row that takes back makes current again.
ALTER TABLE current ADD COLUMN takes_back INTEGER NOT NULL DEFAULT 0;
ALTER TABLE current ADD COLUMN entry INTEGER;
ALTER TABLE current ADD COLUMN fate TEXT NOT NULL DEFAULT 'stands' CHECK (fate IN ('stands', 'taken_off', 'taken_back'));
UPDATE current SET fate = 'taken_off' WHERE sha256 IS NOT NULL AND newest = 0 AND (
  SELECT next.sha256 FROM current AS next
  WHERE next.application = current.application AND next.patch = current.patch AND next.version = current.version AND next.id > current.id
  ORDER BY next.id LIMIT 1
) IS NULL;

-- The publication that made the base: a row of `current`.
ALTER TABLE cell ADD COLUMN agreed INTEGER;

-- What site and vendor agreed on, one after the other. The newest that counts is the cell's base.
CREATE TABLE agreement (
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  site TEXT NOT NULL REFERENCES site (name) ON DELETE CASCADE,
  nr INTEGER NOT NULL,
  base BLOB NOT NULL,
  publication INTEGER,
  vendors INTEGER NOT NULL,
  PRIMARY KEY (application, patch, site, nr)
) STRICT, WITHOUT ROWID;
CREATE INDEX agreement_by_site ON agreement (site);

UPDATE cell SET agreed = (
  SELECT current.id FROM current JOIN site_app ON site_app.application = cell.application AND site_app.site = cell.site
  WHERE current.application = cell.application AND current.patch = cell.patch AND current.sha256 = cell.base
  ORDER BY current.version = site_app.version DESC, current.id DESC LIMIT 1
) WHERE base IS NOT NULL AND length(base) > 0;
INSERT INTO agreement SELECT application, patch, site, 1, base, agreed, EXISTS (
  SELECT 1 FROM revision WHERE revision.application = cell.application AND revision.patch = cell.patch
    AND revision.sha256 = cell.base AND revision.origin NOT LIKE '{"site"%'
) FROM cell WHERE base IS NOT NULL;
