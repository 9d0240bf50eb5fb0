-- KIND: checks over the local time of a zone that has a name, either way round, in a domain, a function, a key and an index
-- RIGHT: fills
-- ROWS: 300
CREATE DOMAIN in_office AS timestamptz
	CHECK (extract(isodow FROM VALUE AT TIME ZONE 'Asia/Kathmandu') < 6 AND (VALUE AT TIME ZONE 'Asia/Kathmandu')::time BETWEEN '08:00' AND '18:00');
CREATE FUNCTION berlin_day(t timestamptz) RETURNS date LANGUAGE sql IMMUTABLE AS $$ SELECT (t AT TIME ZONE 'Europe/Berlin')::date $$;
CREATE TABLE call (id int PRIMARY KEY,
	at timestamptz NOT NULL CHECK (extract(hour FROM at AT TIME ZONE 'America/Sao_Paulo') BETWEEN 9 AND 17),
	answered in_office NOT NULL,
	day date NOT NULL, CHECK (day = berlin_day(at)),
	CHECK (berlin_day(answered) <> DATE '2020-02-29'));
CREATE TABLE flight (code text, departs timestamp, seen timestamptz NOT NULL,
	leaves timestamptz NOT NULL, shown timestamp NOT NULL, opens timestamptz NOT NULL,
	fixed timestamp NOT NULL,
	PRIMARY KEY (code, departs),
	CHECK (leaves = departs AT TIME ZONE 'America/New_York'),
	CHECK (shown = seen AT TIME ZONE 'australia/lord_howe'),
	CHECK (opens = date_trunc('month', seen, 'Europe/Dublin')),
	CHECK (fixed = seen AT TIME ZONE INTERVAL '-03:30'));
CREATE UNIQUE INDEX ON flight (code, ((seen AT TIME ZONE 'Asia/Tokyo')::date));
CREATE TABLE meal (flight_code text NOT NULL, flight_departs timestamp NOT NULL, at timestamptz NOT NULL CHECK (timezone('Pacific/Auckland', at)::time >= '12:00'),
	FOREIGN KEY (flight_code, flight_departs) REFERENCES flight, UNIQUE (flight_code, flight_departs));
