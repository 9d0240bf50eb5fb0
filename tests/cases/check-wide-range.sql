-- KIND: checks that bound both ends: values come from all between, below 0 and long ago as well
-- RIGHT: fills
CREATE TABLE place (id int PRIMARY KEY, north numeric(9,6) NOT NULL CHECK (north BETWEEN -90 AND 90),
	east float8 NOT NULL CHECK (east >= -180 AND east <= 180), temp real NOT NULL CHECK (temp >= -40 AND temp <= 60),
	delta int NOT NULL CHECK (delta BETWEEN -100 AND 100), score smallint NOT NULL CHECK (score > -6 AND score < 6),
	born date NOT NULL CHECK (born BETWEEN '1930-01-01' AND '2008-01-01'),
	debt int NOT NULL CHECK (debt >= -5000));
