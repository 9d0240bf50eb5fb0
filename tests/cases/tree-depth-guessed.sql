-- KIND: a depth in a tree, by its name and what checks say of roots, without a rule
-- RIGHT: fills
CREATE TABLE topic (id int PRIMARY KEY, parent_id int REFERENCES topic (id), depth int NOT NULL, path text);
CREATE TABLE "Node" (id uuid PRIMARY KEY, "parentId" uuid REFERENCES "Node" (id), level smallint NOT NULL,
	CHECK (("parentId" IS NULL) = (level = 0)));
CREATE TABLE conta (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, superior bigint REFERENCES conta (id),
	nivel int NOT NULL CHECK (nivel BETWEEN 1 AND 5));
-- here nobody knows what roots have, or the key makes no trees
CREATE TABLE skill (id int PRIMARY KEY, needs int REFERENCES skill (id), level int NOT NULL CHECK (level IN (10, 20, 30)));
CREATE TABLE chain (id int PRIMARY KEY, next int UNIQUE REFERENCES chain (id), depth int NOT NULL);
CREATE TABLE kin (id int PRIMARY KEY, mother int REFERENCES kin (id), father int REFERENCES kin (id), level int NOT NULL);
