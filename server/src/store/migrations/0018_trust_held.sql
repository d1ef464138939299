-- What a site's polls say: the version of the trust document that it holds, the highest format of statements that it reads now, and the
-- highest that it has ever shown since it was enrolled.
ALTER TABLE site ADD COLUMN trust INTEGER;
ALTER TABLE site ADD COLUMN format INTEGER;
ALTER TABLE site ADD COLUMN format_highest INTEGER;
