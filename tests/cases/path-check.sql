-- KIND: CHECKs of a table and of a domain call functions whose bodies call others by bare names
-- RIGHT: fills
CREATE FUNCTION squash(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT btrim(regexp_replace(t, '\s+', ' ', 'g')) $$;
CREATE FUNCTION squashed(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN t = squash(t); END $$;
CREATE FUNCTION not_far(d date) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN d < last_day(); END $$;
CREATE FUNCTION last_day() RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT DATE '9000-01-01' $$;
CREATE DOMAIN near AS date CHECK (not_far(VALUE));
CREATE TABLE tag (id int PRIMARY KEY, caption text NOT NULL CHECK (squashed(caption)), printed near NOT NULL);
CREATE TABLE tagged (tag int NOT NULL REFERENCES tag (id), note text CHECK (squashed(note)));
