-- KIND: foreign keys that a check, a domain, a constant or a generated column limits to some of the parent's values
-- RIGHT: fills
-- ROWS: 30;public.status=4;public.step=6;public.vehicle=100
CREATE TABLE status (name text PRIMARY KEY CHECK (name IN ('new', 'open', 'it''s done', 'gone')));
CREATE TABLE step (before text NOT NULL REFERENCES status (name) CHECK (before IN ('new', 'open', 'it''s done')),
	after text NOT NULL REFERENCES status (name), PRIMARY KEY (before, after));
CREATE DOMAIN live AS text CHECK (VALUE IN ('new', 'open'));
CREATE TABLE job (id int PRIMARY KEY, state live REFERENCES status (name), "Old" text NOT NULL REFERENCES status (name) CHECK ("Old" = 'gone'));
CREATE TYPE sort AS ENUM ('car', 'bike', 'boat');
CREATE TABLE vehicle (id int PRIMARY KEY, "the type" sort NOT NULL, wheels int NOT NULL CHECK (wheels IN (2, 4)),
	UNIQUE (id, "the type"), UNIQUE (id, wheels));
CREATE TABLE car (id int PRIMARY KEY, sort sort NOT NULL DEFAULT 'car' CHECK (sort = 'car'),
	FOREIGN KEY (id, sort) REFERENCES vehicle (id, "the type"));
CREATE TABLE bike (id int PRIMARY KEY, wheels int GENERATED ALWAYS AS (2) STORED,
	FOREIGN KEY (id, wheels) REFERENCES vehicle (id, wheels));
