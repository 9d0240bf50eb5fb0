-- KIND: two nullable keys close cycles, each in another table: neither may wait for the other
-- RIGHT: fills
CREATE TABLE ward (id integer PRIMARY KEY, product_id integer);
CREATE TABLE route (id integer PRIMARY KEY, last_order integer);
CREATE TABLE product (
	id integer PRIMARY KEY,
	route_id integer NOT NULL REFERENCES route (id),
	other_route_id integer REFERENCES route (id)
);
CREATE TABLE orders (
	id integer PRIMARY KEY,
	ward_id integer NOT NULL REFERENCES ward (id),
	product_id integer NOT NULL REFERENCES product (id)
);
ALTER TABLE ward ADD FOREIGN KEY (product_id) REFERENCES product (id);
ALTER TABLE route ADD FOREIGN KEY (last_order) REFERENCES orders (id);
CREATE TABLE trip (id integer PRIMARY KEY, order_id integer NOT NULL REFERENCES orders (id));
