-- KIND: unique columns of which a check leaves few values: one in a thousand, every tenth, the end of a range
-- RIGHT: fills
CREATE TABLE t (id int PRIMARY KEY, q bigint NOT NULL UNIQUE CHECK (q % 1000 = 7), w int NOT NULL UNIQUE CHECK (w > 9950),
	s smallint NOT NULL UNIQUE CHECK (s % 10 = 3), d date NOT NULL UNIQUE CHECK (extract(dow FROM d) = 1));
CREATE TABLE u (t int NOT NULL REFERENCES t (id), n int NOT NULL CHECK (n % 5000 = 0), PRIMARY KEY (t, n));
