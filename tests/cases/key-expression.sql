-- KIND: unique indexes over expressions: trims, a function of LANGUAGE sql, arithmetic, dates, a member of a
-- jsonb; with a foreign key, within a tenant, under a predicate, beside other keys of the same column
-- RIGHT: fills
CREATE FUNCTION canon(t text) RETURNS text LANGUAGE sql IMMUTABLE AS $$ SELECT replace(lower(t), '-', '_') $$;
CREATE TABLE mirror (id int PRIMARY KEY, url text NOT NULL CHECK (url <> ''), name text NOT NULL);
CREATE UNIQUE INDEX ON mirror (TRIM(TRAILING '/' FROM url));
CREATE UNIQUE INDEX ON mirror (canon(name));
CREATE TABLE host (id int PRIMARY KEY, mirror int NOT NULL REFERENCES mirror (id), domain varchar(40), parent int,
	gone boolean NOT NULL, UNIQUE (mirror, id), FOREIGN KEY (mirror, parent) REFERENCES host (mirror, id));
CREATE UNIQUE INDEX ON host (mirror, lower(btrim(domain, './'))) WHERE NOT gone;
CREATE UNIQUE INDEX ON host (parent, translate(domain, '-_', ''));
CREATE UNIQUE INDEX ON host (mirror, coalesce(parent, 0), ltrim(domain, '0'));
CREATE TABLE reading (id int PRIMARY KEY, host int NOT NULL REFERENCES host (id), at timestamp NOT NULL,
	seen timestamptz NOT NULL, day date NOT NULL, v int NOT NULL, w numeric(12,4) NOT NULL, body jsonb NOT NULL);
CREATE UNIQUE INDEX ON reading (date_trunc('hour', at));
CREATE UNIQUE INDEX ON reading (date_trunc('month', at));
CREATE UNIQUE INDEX ON reading (host, ((seen AT TIME ZONE 'UTC')::date));
CREATE UNIQUE INDEX ON reading (host, extract(year FROM day));
CREATE UNIQUE INDEX ON reading ((v / 10));
CREATE UNIQUE INDEX ON reading (round(w, 1));
CREATE UNIQUE INDEX ON reading ((body ->> 'sku'));
CREATE UNIQUE INDEX ON reading ((id::text));
