-- KIND: two foreign keys agree on a column, parents have uneven numbers of rows there, and one of the two counts its
-- children by a law of its own: only parents with which the other can agree have any
-- RIGHT: fills
-- CLIPS: public.roster
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE person (shop int NOT NULL REFERENCES shop (id), id int NOT NULL, PRIMARY KEY (shop, id));
CREATE TABLE duty (shop int NOT NULL REFERENCES shop (id), id int NOT NULL, PRIMARY KEY (shop, id));
CREATE TABLE roster (shop int NOT NULL, person int NOT NULL, duty int NOT NULL, turn int NOT NULL,
	FOREIGN KEY (shop, person) REFERENCES person (shop, id), FOREIGN KEY (shop, duty) REFERENCES duty (shop, id),
	UNIQUE (shop, person, duty), UNIQUE (shop, person, turn), UNIQUE (shop, duty, turn));
