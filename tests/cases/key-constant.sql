-- KIND: a unique index over a constant or a flag that is always alike: a table of one row
-- RIGHT: fills
-- ROWS: 1
CREATE TABLE single (id int PRIMARY KEY, note text);
CREATE UNIQUE INDEX ON single ((true));
CREATE TABLE stamp (seen timestamptz NOT NULL);
CREATE UNIQUE INDEX ON stamp ((seen IS NOT NULL));
CREATE TABLE lock (locked boolean NOT NULL DEFAULT true CHECK (locked), UNIQUE (locked));
