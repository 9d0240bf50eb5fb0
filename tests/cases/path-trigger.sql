-- KIND: a trigger function names a table without its schema, in the database's own schema of a search_path
-- RIGHT: fills
CREATE SCHEMA yard;
DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = yard, public', current_database()); END $$;
SET search_path = yard, public;
CREATE TABLE gate_log (gate int, noted int NOT NULL);
CREATE TABLE gate (id int PRIMARY KEY, width int NOT NULL);
CREATE FUNCTION seen() RETURNS int LANGUAGE sql AS 'SELECT count(*)::int FROM gate_log';
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN UPDATE gate_log SET noted = seen() WHERE gate = NEW.id; RETURN NEW; END $$;
CREATE TRIGGER note AFTER INSERT ON gate FOR EACH ROW EXECUTE FUNCTION note();
