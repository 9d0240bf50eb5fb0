-- KIND: a tree within a column of the table's own key that no other table has: every row of a tree has the value of its
-- root; with a kind that says which rows are roots, unique in two ways, and where each root is its own parent
-- RIGHT: fills
CREATE TABLE pane ("rootId" text NOT NULL, id text NOT NULL, "parentId" text, pos int NOT NULL,
	kind text NOT NULL CHECK (kind IN ('root', 'split', 'leaf')), PRIMARY KEY ("rootId", id),
	FOREIGN KEY ("rootId", "parentId") REFERENCES pane ("rootId", id), CHECK ((kind = 'root') = ("parentId" IS NULL)));
CREATE TABLE node (tenant uuid NOT NULL, id int PRIMARY KEY, parent int, UNIQUE (tenant, id), UNIQUE (tenant, parent, id),
	FOREIGN KEY (tenant, parent) REFERENCES node (tenant, id));
CREATE TABLE folder (id bigint, site smallint CHECK (site BETWEEN 1 AND 9), up bigint NOT NULL, PRIMARY KEY (id, site),
	FOREIGN KEY (up, site) REFERENCES folder (id, site) MATCH FULL);
CREATE TABLE file (id int PRIMARY KEY, folder bigint NOT NULL, site smallint NOT NULL,
	FOREIGN KEY (folder, site) REFERENCES folder (id, site));
