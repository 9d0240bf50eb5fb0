-- KIND: checks that only the server can evaluate: functions in another language, over columns with a default or that may be NULL
-- RIGHT: fills
CREATE FUNCTION is_slug(t text) RETURNS boolean LANGUAGE plpgsql IMMUTABLE AS $$ BEGIN RETURN t ~ '^[a-z]+(-[a-z]+)+$'; END $$;
CREATE TABLE article (id int PRIMARY KEY, slug text NOT NULL DEFAULT 'to-do' CHECK (is_slug(slug)), title text NOT NULL);
CREATE TABLE draft (id int PRIMARY KEY, slug varchar(30), at timestamptz,
	CONSTRAINT slug_ok CHECK (is_slug(slug)),
	CONSTRAINT office_hours CHECK (is_slug(to_char(at, '"at"-Day'))));
CREATE DOMAIN slug AS text CHECK (is_slug(VALUE));
CREATE DOMAIN slug_or AS text DEFAULT 'not-given' CHECK (is_slug(VALUE));
CREATE TABLE page (id int PRIMARY KEY, path slug, title slug NOT NULL DEFAULT 'no-title', parent slug_or NOT NULL, lead slug_or);
