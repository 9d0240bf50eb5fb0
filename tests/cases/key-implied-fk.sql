-- KIND: a foreign key over some columns of a wider one, to the same table, which the wider one implies; in a
-- tenant, nullable, in other orders of names; several foreign keys over one column
-- RIGHT: fills
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE bill (shop int NOT NULL REFERENCES shop (id), id int PRIMARY KEY, UNIQUE (shop, id));
CREATE TABLE line (id int PRIMARY KEY, shop int NOT NULL REFERENCES shop (id), bill int NOT NULL, earlier int,
	CONSTRAINT a FOREIGN KEY (bill) REFERENCES bill (id),
	CONSTRAINT b FOREIGN KEY (shop, bill) REFERENCES bill (shop, id),
	CONSTRAINT c FOREIGN KEY (shop, earlier) REFERENCES bill (shop, id),
	CONSTRAINT d FOREIGN KEY (earlier) REFERENCES bill (id));
CREATE TABLE party (id int PRIMARY KEY);
CREATE TABLE agent (id int PRIMARY KEY REFERENCES party (id));
CREATE TABLE call (id int PRIMARY KEY, who int NOT NULL REFERENCES party (id), note text,
	CONSTRAINT z FOREIGN KEY (who) REFERENCES agent (id), UNIQUE (who, note));
CREATE TABLE desk (who int PRIMARY KEY REFERENCES party (id), CONSTRAINT z FOREIGN KEY (who) REFERENCES agent (id));
