-- KIND: rows of a tree that read their parent, which reads its own: depth, path, root, the ancestors' number in a
-- CHECK that ties it to NULL, in a small integer, an array's text, and of a row that is its own parent at the root
-- RIGHT: fills
CREATE TABLE cat (id int PRIMARY KEY, parent_id int REFERENCES cat (id), depth int NOT NULL, root_id int NOT NULL,
	path text NOT NULL, kind text NOT NULL CHECK (kind IN ('root', 'node')),
	CHECK ((parent_id IS NULL) = (depth = 0)), CHECK ((kind = 'root') = (parent_id IS NULL)));
CREATE TABLE emp (id uuid PRIMARY KEY, boss uuid REFERENCES emp (id), salary numeric(10, 2) NOT NULL CHECK (salary > 500),
	hired date NOT NULL, level smallint NOT NULL CHECK (level BETWEEN 1 AND 4));
CREATE TABLE part (id int PRIMARY KEY, whole int NOT NULL REFERENCES part (id), step int NOT NULL,
	first int NOT NULL REFERENCES part (id));
CREATE TABLE kin (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, parent_id bigint REFERENCES kin (id),
	grand bigint, name text NOT NULL, grand_name text);
