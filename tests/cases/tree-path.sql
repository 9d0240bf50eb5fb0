-- KIND: paths of a tree, each the parent's and the row's own label: texts, with what is before and after, an ltree, an
-- array; unique, of another column, and within a column of the table's own key
-- RIGHT: fills
-- ROWS: 100;public.cat=100
-- NEEDS: ltree
CREATE EXTENSION ltree;
CREATE TABLE cat (id int PRIMARY KEY, parent_id int REFERENCES cat (id), path text NOT NULL UNIQUE,
	slashed varchar(60) NOT NULL UNIQUE, code text NOT NULL, names text);
CREATE TABLE leaf (id uuid PRIMARY KEY, up uuid REFERENCES leaf (id), path ltree NOT NULL UNIQUE);
CREATE TABLE place (id bigint PRIMARY KEY, parent bigint REFERENCES place (id), path bigint[] NOT NULL UNIQUE);
CREATE TABLE room (site uuid, id int, parent int, path int[], PRIMARY KEY (site, id),
	FOREIGN KEY (site, parent) REFERENCES room (site, id));
