-- KIND: escapes of PostgreSQL's regular expressions: characters by number, ends of words, looking ahead
-- RIGHT: fills
CREATE DOMAIN spread AS varchar(20) CHECK (VALUE ~ '^[1-9]\d*\u2013[1-9]\d*$');
CREATE TABLE cite (id int PRIMARY KEY, pages spread NOT NULL, code text NOT NULL UNIQUE CHECK (code ~ '^\m[A-Z]{3}\M-\d{4}$'),
	mark text CHECK (mark ~ '^[\u00c0-\u00d6]{2}\U0001F600$'), word text NOT NULL CHECK (word ~ '^\y[a-z]{3,8}\y$'),
	pin text NOT NULL CHECK (pin ~ '^(?=.*[0-9])[a-z0-9]{8}$'));
