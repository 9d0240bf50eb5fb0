-- KIND: a BEFORE trigger that puts rows into tables which inherit, or into a side table, and returns NULL
-- RIGHT: fills
CREATE TABLE reading (id int PRIMARY KEY, kind int NOT NULL);
CREATE TABLE reading_low (CHECK (kind < 100)) INHERITS (reading);
CREATE TABLE reading_high (CHECK (kind >= 100)) INHERITS (reading);
CREATE FUNCTION route() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
	IF NEW.kind < 100 THEN INSERT INTO reading_low VALUES (NEW.*); ELSE INSERT INTO reading_high VALUES (NEW.*); END IF;
	RETURN NULL; END $$;
CREATE TRIGGER route BEFORE INSERT ON reading FOR EACH ROW EXECUTE FUNCTION route();
CREATE TABLE part (id int, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE part_all PARTITION OF part DEFAULT;
CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER swallow BEFORE INSERT ON part_all FOR EACH ROW EXECUTE FUNCTION swallow();
