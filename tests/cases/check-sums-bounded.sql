-- KIND: sums and spans whose result has bounds at both ends, with an order of their parts; minutes and hours between times
-- RIGHT: fills
CREATE TABLE parts (id int PRIMARY KEY, a int NOT NULL, b int NOT NULL, c int NOT NULL, CHECK (c = a + b), CHECK (c BETWEEN 10 AND 20), CHECK (a > b));
CREATE TABLE stay (id int PRIMARY KEY, check_in date NOT NULL, check_out date NOT NULL, nights int NOT NULL, rate numeric(8,2) NOT NULL,
	total numeric(10,2) NOT NULL, CHECK (check_out > check_in), CHECK (nights = check_out - check_in), CHECK (total = nights * rate));
CREATE TABLE shift (id int PRIMARY KEY, starts timestamptz NOT NULL, ends timestamptz NOT NULL, minutes int NOT NULL, CHECK (ends > starts),
	CHECK (minutes = extract(epoch FROM ends - starts) / 60));
CREATE TABLE trip (id int PRIMARY KEY, stay_id int NOT NULL REFERENCES stay, starts timestamp NOT NULL, ends timestamp NOT NULL, hours numeric(6,2) NOT NULL,
	lasted interval NOT NULL, CHECK (ends > starts), CHECK (lasted = ends - starts),
	CHECK (hours = round((extract(epoch FROM (ends - starts)) / 3600)::numeric, 2)));
