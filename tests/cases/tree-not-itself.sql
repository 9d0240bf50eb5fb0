-- KIND: a row may not be its own parent, where every row has to have one; two keys to the table itself that differ
-- RIGHT: fills
-- ROWS: 100;public.firm=10
CREATE TABLE n (id int PRIMARY KEY, parent_id int NOT NULL REFERENCES n (id), CHECK (parent_id <> id));
CREATE TABLE m (id uuid PRIMARY KEY, parent_id uuid REFERENCES m (id), CHECK (parent_id IS DISTINCT FROM id));
CREATE TABLE person (id bigint PRIMARY KEY, mother bigint NOT NULL REFERENCES person (id),
	father bigint NOT NULL REFERENCES person (id), CHECK (mother <> father), CHECK (id <> mother AND father <> id));
CREATE TABLE task (id int PRIMARY KEY, before int REFERENCES task (id), after int REFERENCES task (id),
	CHECK (before <> after));
CREATE TABLE firm (id int PRIMARY KEY);
CREATE TABLE unit (firm int REFERENCES firm (id), id int, owner int NOT NULL, PRIMARY KEY (firm, id),
	FOREIGN KEY (firm, owner) REFERENCES unit (firm, id), CHECK (owner <> id));
