-- KIND: a BEFORE trigger that fails on made-up rows, beside one that does no harm and stays on
-- RIGHT: fills
CREATE TABLE trip (id int PRIMARY KEY, label varchar(20) NOT NULL, number int, stamped boolean NOT NULL DEFAULT false);
CREATE FUNCTION cast_label() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.number := NEW.label; RETURN NEW; END';
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.stamped := true; RETURN NEW; END';
CREATE TRIGGER cast_label BEFORE INSERT ON trip FOR EACH ROW EXECUTE FUNCTION cast_label();
CREATE TRIGGER stamp BEFORE INSERT ON trip FOR EACH ROW EXECUTE FUNCTION stamp();
