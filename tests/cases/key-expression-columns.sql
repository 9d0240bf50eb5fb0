-- KIND: unique indexes over an expression of several columns: a concatenation, a digest, a pair in either order
-- RIGHT: fills
CREATE TABLE person (id int PRIMARY KEY, a text NOT NULL, b text NOT NULL, c varchar(8));
CREATE UNIQUE INDEX ON person ((a || ' ' || b));
CREATE UNIQUE INDEX ON person (lower(b || '-' || coalesce(c, '')));
CREATE UNIQUE INDEX ON person (md5(c || a));
CREATE TABLE name (id int PRIMARY KEY, person int NOT NULL REFERENCES person (id), name text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('first', 'last')));
CREATE UNIQUE INDEX ON name (person, (kind || ':' || name));
CREATE UNIQUE INDEX ON name ((upper(name) || kind));
CREATE TABLE friend (id int PRIMARY KEY, a int NOT NULL REFERENCES person (id), b int NOT NULL REFERENCES person (id));
CREATE UNIQUE INDEX ON friend (LEAST(a, b), GREATEST(a, b));
CREATE TABLE chat (a int NOT NULL REFERENCES person (id), b int REFERENCES person (id), CHECK (a <> b));
CREATE UNIQUE INDEX ON chat (GREATEST(b, a), LEAST(a, b));
