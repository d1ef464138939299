-- Texts are kept by when they were written: what comes later may be older.
DROP INDEX walkback_by_group;
CREATE INDEX walkback_by_group ON walkback (error_group, site, first, at, seq);
