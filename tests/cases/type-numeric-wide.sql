-- KIND: numerics that need more than 18 digits, because a CHECK or a domain says so: bounds at either end and at
-- both, a list, none at all in a column that may be NULL, unique ones, primary keys and what refers to them
-- RIGHT: fills
-- ROWS: 100
CREATE DOMAIN wei AS numeric(78,0) CHECK (VALUE > 1000000000000000000000);
CREATE DOMAIN far AS numeric CHECK (VALUE >= 1e25);

CREATE TABLE bounds (
	id int PRIMARY KEY,
	above numeric(38,10) NOT NULL CHECK (above > 1000000000000000000000),
	below numeric(30,2) NOT NULL CHECK (below < -1000000000000000000000.50),
	free numeric NOT NULL CHECK (free <= -1000000000000000000000),
	both_ends numeric(38,0) NOT NULL CHECK (both_ends BETWEEN 1000000000000000000001 AND 1000000000000000000300),
	listed numeric(38,0) NOT NULL CHECK (listed IN
		(123456789012345678901234567890, 99999999999999999999999999999999999999, -123456789012345678901234567890)),
	one numeric NOT NULL CHECK (one = 1000000000000000000000000.25),
	not_zero numeric(38,4) NOT NULL CHECK (not_zero > 1e20 AND not_zero <> 0),
	odd numeric(38,0) NOT NULL CHECK (odd > 1e21 AND odd % 2 = 1),
	maybe numeric(38,0) CHECK (maybe IS NULL OR maybe > 1e21),
	last numeric(20,0) NOT NULL CHECK (last > 99999999999999999000),
	of_domain wei NOT NULL,
	of_free_domain far NOT NULL);

-- columns that 18 digits are enough for, whatever their checks mention
CREATE TABLE narrow (
	id int PRIMARY KEY,
	small numeric(38,0) NOT NULL CHECK (small BETWEEN 1 AND 10000000000000000000000000),
	loose numeric(78,0) NOT NULL CHECK (loose >= 0),
	either numeric(38,0) NOT NULL CHECK (either = 0 OR either > 1e21));

CREATE TABLE tokens (
	supply numeric(40,0) PRIMARY KEY CHECK (supply >= 123456789012345678901234567890),
	name text);
CREATE TABLE holders (
	id int PRIMARY KEY,
	supply numeric(40,0) NOT NULL REFERENCES tokens,
	other numeric REFERENCES tokens (supply),
	balance wei NOT NULL UNIQUE);

CREATE TABLE pairs (a numeric(38,2) CHECK (a > 1e30), b int, PRIMARY KEY (a, b));
CREATE TABLE pair_parts (id int PRIMARY KEY, a numeric(38,2), b int, FOREIGN KEY (a, b) REFERENCES pairs);
