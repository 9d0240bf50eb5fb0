-- KIND: unique keys over generated columns: of one column, beside a foreign key, of two columns, cut
-- RIGHT: fills
CREATE TABLE page (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title varchar(60) NOT NULL,
	slug text GENERATED ALWAYS AS (lower(replace(title, ' ', '-'))) STORED, UNIQUE (slug));
CREATE TABLE section (id int PRIMARY KEY, page int NOT NULL REFERENCES page (id), head text NOT NULL,
	anchor text GENERATED ALWAYS AS (left(lower(head), 8)) STORED, UNIQUE (page, anchor));
CREATE TABLE route (id int PRIMARY KEY, a text NOT NULL, b text NOT NULL, price numeric(14,5) NOT NULL,
	path text GENERATED ALWAYS AS (a || '/' || b) STORED UNIQUE,
	rounded numeric(14,2) GENERATED ALWAYS AS (price) STORED UNIQUE);
CREATE TABLE visit (id int PRIMARY KEY, page text NOT NULL REFERENCES page (slug));
CREATE TABLE twin (n int PRIMARY KEY, twice int GENERATED ALWAYS AS (n * 2) STORED UNIQUE);
CREATE TABLE pair (twice int NOT NULL REFERENCES twin (twice), note text);
