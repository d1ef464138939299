-- Cells that a site's own changes took away from what both sides had agreed on. `news`: not in a digest yet.
CREATE TABLE drift (
  site TEXT NOT NULL,
  application TEXT NOT NULL,
  patch TEXT NOT NULL,
  standing TEXT NOT NULL,
  since INTEGER NOT NULL,
  news INTEGER NOT NULL,
  PRIMARY KEY (site, application, patch),
  FOREIGN KEY (site, application) REFERENCES site_app (site, application) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX drift_by_patch ON drift (application, patch);
CREATE INDEX drift_news ON drift (application) WHERE news = 1;

-- The same in numbers, for whoever looks often; null: nothing drifted.
ALTER TABLE site_app ADD COLUMN drift TEXT;
CREATE INDEX site_app_drifted ON site_app (application, site) WHERE drift IS NOT NULL;

-- Whether an order of a site has succeeded lately.
CREATE INDEX order_by_site ON site_order (site, seq);
