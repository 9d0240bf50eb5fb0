-- KIND: domains whose check can be met in several ways, over columns in and out of keys
-- RIGHT: fills
CREATE DOMAIN tag AS text CHECK (VALUE = 'None' OR VALUE = 'Unknown' OR length(trim(VALUE)) > 10);
CREATE DOMAIN word AS text CHECK (length(trim(VALUE)) > 0);
CREATE DOMAIN port AS int CHECK (VALUE = 0 OR VALUE BETWEEN 1024 AND 1400);
CREATE DOMAIN code AS varchar(12) CHECK (VALUE ~ '^[A-Z]{3}-[0-9]{4}$' OR VALUE LIKE 'tmp%');
CREATE TABLE dim (id text PRIMARY KEY, host tag NOT NULL, store tag NOT NULL, target tag NOT NULL, kind word, state word);
CREATE UNIQUE INDEX dim_current ON dim (host, store, target, kind) WHERE state = 'Current';
CREATE TABLE listener (port port PRIMARY KEY, code code NOT NULL UNIQUE, alt port, label code NOT NULL, note tag);
CREATE TABLE rate (id int PRIMARY KEY, value numeric(6,2) NOT NULL UNIQUE CHECK (value < 0 OR value > 100),
	day date NOT NULL, grade text NOT NULL CHECK (grade IN ('A', 'B') OR grade ~ '^[c-f]{5}$'), UNIQUE (day, grade),
	port port NOT NULL REFERENCES listener);
