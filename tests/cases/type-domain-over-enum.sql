-- KIND: checks of domains over enums, over other domains, and of such domains within arrays and composite types
-- RIGHT: fills
CREATE TYPE mood AS ENUM ('sad', 'calm', 'glad');
CREATE DOMAIN good_mood AS mood CHECK (VALUE <> 'sad');
CREATE DOMAIN best_mood AS good_mood CHECK (VALUE::mood >= 'glad');
CREATE DOMAIN code AS text CHECK (VALUE ~ '^[A-Z]{3}$');
CREATE DOMAIN real_code AS code NOT NULL CHECK (VALUE <> 'AAA');
CREATE DOMAIN short AS varchar(4) CHECK (length(VALUE) > 2);
CREATE TYPE feeling AS (m good_mood, c code);
CREATE TABLE diary (id int PRIMARY KEY, m good_mood NOT NULL, b best_mood, c real_code, s short NOT NULL,
	week good_mood[], f feeling);
