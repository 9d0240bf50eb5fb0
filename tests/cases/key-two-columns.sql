-- KIND: a unique key over a foreign key and a small enumeration
-- RIGHT: fills
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE shelf (id int PRIMARY KEY, shop int NOT NULL REFERENCES shop (id),
	side text NOT NULL CHECK (side IN ('left', 'right')), UNIQUE (shop, side));
