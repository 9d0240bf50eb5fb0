-- KIND: domains with checks, of many types, within arrays, composite types, composite types in these, and ranges
-- RIGHT: fills
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{3}-[0-9]{2}$');
CREATE DOMAIN email AS varchar(40) CHECK (VALUE LIKE '%@%');
CREATE DOMAIN percent AS numeric(5, 2) CHECK (VALUE BETWEEN 0 AND 100);
CREATE DOMAIN odd AS int CHECK (VALUE % 2 = 1 AND VALUE > 1000);
CREATE DOMAIN recent AS date CHECK (VALUE >= '2020-01-01');
CREATE DOMAIN slot AS timestamptz CHECK (VALUE > '2021-01-01 00:00+00');
CREATE DOMAIN few AS int[] CHECK (cardinality(VALUE) BETWEEN 1 AND 2);
CREATE DOMAIN size AS text CHECK (VALUE IN ('S', 'M', 'L'));
CREATE DOMAIN ratio AS double precision CHECK (VALUE > 0 AND VALUE < 1);
CREATE DOMAIN flag AS boolean CHECK (VALUE);
CREATE TYPE mood AS ENUM ('sad', 'calm', 'glad');
CREATE DOMAIN good AS mood CHECK (VALUE <> 'sad');
CREATE TYPE tag AS (c code, p percent);
CREATE TYPE item AS (main tag, more tag[], mail email, n odd, of recent, at slot, s size, r ratio, f flag, g good);
CREATE DOMAIN whole_item AS item;
CREATE TABLE basket (id int PRIMARY KEY, i item NOT NULL, list item[] NOT NULL, w whole_item NOT NULL, codes code[] NOT NULL,
	mails email[] NOT NULL, lots few[] NOT NULL, odds odd[] NOT NULL, moods good[] NOT NULL, UNIQUE (odds));
