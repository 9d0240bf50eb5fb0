-- KIND: more rows than an expression has values
-- RIGHT: refuses: 100 rows need 100 distinct \(seen\), 1 allow 1
CREATE TABLE stamp (seen timestamptz NOT NULL);
CREATE UNIQUE INDEX ON stamp ((seen IS NOT NULL));
