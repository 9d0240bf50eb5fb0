-- KIND: a text whose default is the digits of a sequence, alone or with other text, unique
-- RIGHT: fills
CREATE SEQUENCE lots;
CREATE SEQUENCE fives START 1000 INCREMENT 5;
CREATE TABLE lot (id int PRIMARY KEY, no text NOT NULL UNIQUE DEFAULT nextval('lots')::text,
	short varchar(8) UNIQUE DEFAULT nextval('fives')::varchar, code varchar(20) NOT NULL UNIQUE DEFAULT ('L-' || nextval('lots')),
	padded text DEFAULT lpad(nextval('fives')::text, 8, '0'));
