-- KIND: tables, types and functions that belong to an extension
-- RIGHT: fills
-- ROWS: 100;public.size=100
CREATE EXTENSION citext;
CREATE TABLE unit (code int PRIMARY KEY, name citext NOT NULL);
INSERT INTO unit VALUES (1, 'metre');
CREATE TYPE hue AS ENUM ('red', 'blue');
ALTER EXTENSION citext ADD TABLE unit;
ALTER EXTENSION citext ADD TYPE hue;
CREATE TABLE size (id int PRIMARY KEY, label citext NOT NULL, colour hue NOT NULL);
