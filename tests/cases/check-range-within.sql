-- KIND: a range within another, a value within a range, of several types, in either direction, nullable, under keys
-- RIGHT: fills
CREATE TABLE token (id text PRIMARY KEY, valid tstzrange NOT NULL, active tstzrange NOT NULL, used timestamptz NOT NULL,
	CHECK (active <@ valid), CHECK (active @> used));
CREATE TABLE price (id int PRIMARY KEY, tier int4range NOT NULL, typical int4range, amount int NOT NULL, share numrange NOT NULL, part numeric(6,2),
	CHECK (tier @> typical AND tier @> amount), CHECK (part <@ share), UNIQUE (id, tier));
CREATE TABLE booking (id int PRIMARY KEY, price_id int NOT NULL REFERENCES price, season daterange NOT NULL, stay daterange NOT NULL, day date,
	CONSTRAINT in_season CHECK (stay <@ season AND NOT isempty(stay)), CHECK (day IS NULL OR stay @> day));
