-- KIND: CHECKs of a table and of a domain through functions that read a table which has no foreign key to it
-- RIGHT: fills
CREATE TABLE zone (id int PRIMARY KEY);
CREATE FUNCTION zones() RETURNS bigint LANGUAGE sql STABLE AS 'SELECT count(*) FROM zone';
CREATE FUNCTION any_zone(i int) RETURNS boolean LANGUAGE plpgsql AS 'BEGIN RETURN zones() = 100; END';
CREATE DOMAIN zoned AS int CHECK (any_zone(VALUE));
CREATE TABLE area (id int PRIMARY KEY, n int NOT NULL CHECK (any_zone(n)));
CREATE TABLE camp (id int PRIMARY KEY, n zoned NOT NULL, area int REFERENCES area);
