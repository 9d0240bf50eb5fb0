-- KIND: checks that bound both ends: values come from all between, below 0 and long ago as well
-- RIGHT: fills
CREATE TABLE place (id int PRIMARY KEY, north numeric(9,6) NOT NULL CHECK (north BETWEEN -90 AND 90),
	east float8 NOT NULL CHECK (east >= -180 AND east <= 180), heat real NOT NULL CHECK (heat >= -40 AND heat <= 60),
	shift int NOT NULL CHECK (shift BETWEEN -100 AND 100), tilt smallint NOT NULL CHECK (tilt > -6 AND tilt < 6),
	day_of date NOT NULL CHECK (day_of BETWEEN '1930-01-01' AND '2008-01-01'),
	owed int NOT NULL CHECK (owed >= -5000));
