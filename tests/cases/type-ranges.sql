-- KIND: ranges and multiranges of subtypes whose values have an order, none that is known here, or checks of
-- their own, alone, unique, in arrays, in domains and under an exclusion constraint
-- RIGHT: fills
CREATE TYPE uuid_span AS RANGE (subtype = uuid, multirange_type_name = uuid_spans);
CREATE TYPE text_span AS RANGE (subtype = text);
CREATE TYPE inet_span AS RANGE (subtype = inet);
CREATE TYPE mac_span AS RANGE (subtype = macaddr8);
CREATE TYPE length_span AS RANGE (subtype = interval);
CREATE TYPE bit_span AS RANGE (subtype = varbit);
CREATE TYPE list_span AS RANGE (subtype = int[]);
CREATE TYPE money_span AS RANGE (subtype = money);
CREATE DOMAIN floor AS int CHECK (VALUE BETWEEN -2 AND 40);
CREATE TYPE floor_span AS RANGE (subtype = floor);
CREATE DOMAIN ids AS uuid_span CHECK (NOT isempty(VALUE));
CREATE TABLE block (id int PRIMARY KEY, ids uuid_span NOT NULL UNIQUE, many uuid_spans NOT NULL, parts ids[] NOT NULL);
CREATE TABLE span (id int PRIMARY KEY, t text_span NOT NULL, i inet_span NOT NULL, m mac_span[] NOT NULL,
	l length_span NOT NULL, b bit_span NOT NULL, a list_span NOT NULL, c money_span NOT NULL, f floor_span NOT NULL);
CREATE TABLE lease (id int PRIMARY KEY, addresses inet_span NOT NULL, EXCLUDE USING gist (addresses WITH &&));
