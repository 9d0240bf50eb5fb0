-- KIND: indexes over functions in SQL and PL/pgSQL whose bodies call others by bare names
-- RIGHT: fills
CREATE FUNCTION half(a int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT a / 2';
CREATE FUNCTION middle(a int, b int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT half(a) + half(b)';
CREATE FUNCTION is_low(a int) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS 'BEGIN RETURN half(a) < 100; END';
CREATE TABLE span (id int PRIMARY KEY, lo int NOT NULL, hi int NOT NULL);
CREATE INDEX span_middle ON span (middle(lo, hi));
CREATE INDEX span_low ON span (hi) WHERE is_low(lo);
