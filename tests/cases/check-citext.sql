-- KIND: checks over citext: IN, patterns, comparisons, under a unique key
-- RIGHT: fills
CREATE EXTENSION citext;
CREATE TABLE staff (id int PRIMARY KEY, role citext NOT NULL CHECK (role IN ('Admin', 'user', 'Guest')),
	code citext NOT NULL CHECK (code ~ '^[A-C]{2}[0-9]{3}$'), mail citext UNIQUE CHECK (mail LIKE '%@%'),
	team citext CHECK (team <> 'none'), kind citext NOT NULL CHECK (kind = 'Person'));
