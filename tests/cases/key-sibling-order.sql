-- KIND: a unique key over a foreign key and a moment that follows the sibling's before it
-- RIGHT: fills
-- ROWS: 20;public.reading=4000
CREATE TABLE device (id int PRIMARY KEY, installed timestamptz NOT NULL, born date NOT NULL);
CREATE TABLE reading (device int NOT NULL REFERENCES device (id) ON DELETE CASCADE, ts timestamptz NOT NULL,
	seq int NOT NULL, v double precision NOT NULL, PRIMARY KEY (device, ts), UNIQUE (device, seq));
CREATE TABLE visit (day date NOT NULL, device int NOT NULL REFERENCES device (id) ON DELETE CASCADE, note text,
	UNIQUE (day, device));
