-- KIND: numerics that a tree's rows read of their parents, in rows that a check has drawn again
-- RIGHT: fills
CREATE TABLE emp (id int PRIMARY KEY, boss int REFERENCES emp (id), salary numeric(10, 2) NOT NULL CHECK (salary > 0),
	bonus int NOT NULL CHECK (bonus BETWEEN 0 AND 1000), CHECK ((floor(salary)::int + bonus) % 3 = 0));
