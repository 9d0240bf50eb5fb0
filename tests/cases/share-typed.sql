-- KIND: shares of numbers, booleans, dates and labels, written in a plan as JSON has them
-- RIGHT: fills
-- ROWS: 200
CREATE TYPE state AS enum ('new', 'paid', 'void');
CREATE TABLE sale (id int PRIMARY KEY, prio int NOT NULL, vip boolean NOT NULL, state state NOT NULL, day date NOT NULL, price numeric(5,2) NOT NULL,
	ratio float8 NOT NULL, mood text NOT NULL);
