-- KIND: comparisons of rows: range partitions over several columns, in a key and not, and as checks
-- RIGHT: fills
CREATE TABLE measure (day date NOT NULL, dev int NOT NULL, v numeric(6,2), PRIMARY KEY (day, dev)) PARTITION BY RANGE (day, dev);
CREATE TABLE measure_1 PARTITION OF measure FOR VALUES FROM ('2025-01-01', 0) TO ('2025-01-10', 50);
CREATE TABLE measure_2 PARTITION OF measure FOR VALUES FROM ('2025-01-10', 50) TO ('2025-02-01', 0);
CREATE TABLE entry (id int, kind text NOT NULL, year int NOT NULL, month int NOT NULL CHECK (month BETWEEN 1 AND 12)) PARTITION BY RANGE (year, month);
CREATE TABLE entry_old PARTITION OF entry FOR VALUES FROM (2020, 4) TO (2020, 9);
CREATE TABLE entry_new PARTITION OF entry FOR VALUES FROM (2024, 11) TO (2025, 3);
CREATE TABLE release (major int NOT NULL, minor int NOT NULL, day date NOT NULL, seq int NOT NULL, UNIQUE (major, minor),
	CHECK ((major, minor) > (1, 2)), CHECK ((major, minor) <= (40, 3)), CHECK ((day, seq) < ('2024-06-30', 7) AND ROW(day, seq) >= ROW(DATE '2024-06-28', 3)));
