-- KIND: types that extensions bring, alone, unique, in arrays and composite types
-- RIGHT: fills
CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE EXTENSION hstore; CREATE EXTENSION cube; CREATE EXTENSION seg;
CREATE EXTENSION isn; CREATE EXTENSION intarray; CREATE EXTENSION earthdistance;
CREATE TYPE book AS (number isbn, sizes cube[], at ltree);
CREATE TABLE shelf (id int PRIMARY KEY, c citext NOT NULL UNIQUE, l ltree NOT NULL UNIQUE, h hstore NOT NULL,
	q lquery NOT NULL, t ltxtquery NOT NULL, s seg NOT NULL UNIQUE, i query_int NOT NULL, b book NOT NULL);
CREATE TABLE article (id int PRIMARY KEY, a ean13 NOT NULL UNIQUE, b isbn NOT NULL UNIQUE, b13 isbn13 NOT NULL, m ismn NOT NULL,
	m13 ismn13 NOT NULL, s issn NOT NULL UNIQUE, s13 issn13 NOT NULL, u upc NOT NULL, many isbn[] NOT NULL, sizes cube[] NOT NULL);
CREATE TABLE copy (id int PRIMARY KEY, of ean13 NOT NULL REFERENCES article (a));
CREATE TABLE town (id int PRIMARY KEY, at earth NOT NULL, around earth[] NOT NULL);
