-- KIND: triggers that insert the child row which the plan makes too, count into another table, or delete
-- RIGHT: fills
CREATE TABLE crate (id int PRIMARY KEY, day date NOT NULL);
CREATE TABLE crate_size (crate int PRIMARY KEY REFERENCES crate, n int NOT NULL);
CREATE TABLE day_count (day date PRIMARY KEY, n int NOT NULL);
CREATE TABLE old_crate (id int PRIMARY KEY);
CREATE FUNCTION size_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO crate_size VALUES (NEW.id, 1); RETURN NULL; END';
CREATE FUNCTION count_it() RETURNS trigger LANGUAGE plpgsql AS
	'BEGIN INSERT INTO day_count VALUES (NEW.day, 1) ON CONFLICT (day) DO UPDATE SET n = day_count.n + 1; RETURN NULL; END';
CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN DELETE FROM crate WHERE id = NEW.id; RETURN NEW; END';
CREATE TRIGGER size_it AFTER INSERT ON crate FOR EACH ROW EXECUTE FUNCTION size_it();
CREATE TRIGGER count_it AFTER INSERT ON crate FOR EACH ROW EXECUTE FUNCTION count_it();
CREATE TRIGGER forget AFTER INSERT ON old_crate FOR EACH ROW EXECUTE FUNCTION forget();
