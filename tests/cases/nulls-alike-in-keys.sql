-- KIND: a check has foreign keys NULL that a unique key with coalesce() or NULLS NOT DISTINCT takes for values
-- RIGHT: fills
CREATE TABLE who (id int PRIMARY KEY);
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE b (id bigint PRIMARY KEY);
CREATE TABLE given (id int PRIMARY KEY, role text NOT NULL, who int REFERENCES who (id), a_id int REFERENCES a (id),
	b_id bigint REFERENCES b (id), CHECK (a_id IS NULL OR b_id IS NULL));
CREATE UNIQUE INDEX ON given (who, role, coalesce(a_id, -1), coalesce(b_id, -1));
-- nothing but foreign keys: a set for each branch
CREATE TABLE member (id int PRIMARY KEY, who int NOT NULL REFERENCES who (id), a_id int REFERENCES a (id),
	b_id bigint REFERENCES b (id), CHECK ((a_id IS NULL) <> (b_id IS NULL)));
CREATE UNIQUE INDEX ON member (coalesce(b_id, 0), who, coalesce(a_id, 0));
CREATE TABLE link (id int PRIMARY KEY, a_id int REFERENCES a (id), b_id bigint REFERENCES b (id),
	CHECK (num_nonnulls(a_id, b_id) = 1));
CREATE UNIQUE INDEX ON link (coalesce(a_id, -1), coalesce(b_id, -1));
