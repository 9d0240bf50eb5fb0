-- KIND: a tree within each row of another table, whose rows read their parent, and children of these rows that copy that
-- RIGHT: fills
-- ROWS: 100;public.shop=5
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE shelf (shop int REFERENCES shop (id), id int, above int, depth int NOT NULL, PRIMARY KEY (shop, id),
	FOREIGN KEY (shop, above) REFERENCES shelf (shop, id));
CREATE TABLE box (id int PRIMARY KEY, shop int NOT NULL, shelf int NOT NULL, depth int NOT NULL,
	FOREIGN KEY (shop, shelf) REFERENCES shelf (shop, id));
