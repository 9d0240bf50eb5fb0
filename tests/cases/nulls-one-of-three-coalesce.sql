-- KIND: exactly one of three foreign keys, said by coalesce(), each unique with a name where it is there
-- RIGHT: fills
CREATE TABLE plant (id int PRIMARY KEY);
CREATE TABLE office (id int PRIMARY KEY);
CREATE TABLE worker (id int PRIMARY KEY);
CREATE TABLE drawer (id int PRIMARY KEY, plant int REFERENCES plant (id), office int REFERENCES office (id),
	worker int REFERENCES worker (id), tag text NOT NULL,
	CONSTRAINT one_place CHECK (plant IS NOT NULL AND coalesce(office, worker) IS NULL
		OR office IS NOT NULL AND coalesce(plant, worker) IS NULL
		OR worker IS NOT NULL AND coalesce(office, plant) IS NULL));
CREATE UNIQUE INDEX ON drawer (plant, tag) WHERE plant IS NOT NULL;
CREATE UNIQUE INDEX ON drawer (office, tag) WHERE office IS NOT NULL;
CREATE UNIQUE INDEX ON drawer (worker, tag) WHERE worker IS NOT NULL;
-- at least one of two, as another way to write it, with text beside a key
CREATE TABLE visitor (id int PRIMARY KEY, worker uuid, office int REFERENCES office (id), mail varchar(40),
	CHECK (coalesce(mail, worker::text) IS NOT NULL), CHECK (NOT (coalesce(office, office) IS NULL AND mail IS NULL)));
