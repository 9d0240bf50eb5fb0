-- KIND: within other types, domains whose checks only the server can evaluate: such columns are NULL, or have their default
-- RIGHT: skips: public.label public.labels
CREATE FUNCTION is_long(text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN length($1) > 3; END $$;
CREATE DOMAIN long_text AS text CHECK (is_long(VALUE));
CREATE TYPE sticker AS (number int, words long_text);
CREATE TABLE box_of (id int PRIMARY KEY, of sticker, lists long_text[], usual long_text[] NOT NULL DEFAULT '{ABCD}');
CREATE TABLE label (id int PRIMARY KEY, of sticker NOT NULL);
CREATE TABLE labels (id int PRIMARY KEY, of long_text[] NOT NULL);
