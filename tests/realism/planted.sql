-- Rows in which scripts/realism finds no fault, 60 of most tables; faults.sql plants one of each kind, which
-- tests/pipeline/realism.bats expects to be found. Today is 2026-11-01.
CREATE TABLE person_user (
	id integer PRIMARY KEY, first_name text NOT NULL, last_name text NOT NULL, email text NOT NULL, birth_date date, hired_on date,
	city text, state text, is_admin boolean NOT NULL, created_at timestamptz NOT NULL, updated_at timestamptz NOT NULL, deleted_at timestamptz);
CREATE TABLE product (
	id integer PRIMARY KEY, name text NOT NULL, slug text NOT NULL, price numeric(10,2) NOT NULL, cost numeric(10,2), note text, kind text,
	created_at timestamptz NOT NULL);
CREATE TABLE orders (
	id integer PRIMARY KEY, user_id integer NOT NULL REFERENCES person_user, status text NOT NULL, subtotal numeric(10,2) NOT NULL,
	discount numeric(10,2) NOT NULL, total numeric(10,2) NOT NULL, ordered_at timestamptz NOT NULL, paid_at timestamptz, shipped_at timestamptz,
	delivered_at timestamptz, cancelled_at timestamptz, items_count integer NOT NULL, created_at timestamptz NOT NULL);
CREATE TABLE items (
	order_id integer NOT NULL REFERENCES orders, line integer, product_id integer NOT NULL REFERENCES product, quantity integer NOT NULL,
	unit_price numeric(10,2) NOT NULL, amount numeric(10,2) NOT NULL, PRIMARY KEY (order_id, line));
CREATE TABLE comments (
	id integer PRIMARY KEY, subject_type text NOT NULL, subject_id integer NOT NULL, body text NOT NULL, rating integer, created_at timestamptz NOT NULL);

INSERT INTO person_user SELECT i, (ARRAY['Ana', 'Rui', 'Paula'])[1 + i % 3], (ARRAY['Souza', 'Lima'])[1 + i % 2],
	lower((ARRAY['Ana', 'Rui', 'Paula'])[1 + i % 3]) || i || '@example.com', date '1980-01-01' + i, date '2010-01-01' + i,
	(ARRAY['Recife', 'Curitiba'])[1 + i % 2], (ARRAY['PE', 'PR'])[1 + i % 2], i % 30 = 1, timestamptz '2024-01-01' + i * interval '1 day',
	timestamptz '2025-01-01' + i * interval '1 day' FROM generate_series(1, 60) i;
INSERT INTO product SELECT i, 'Mesa de canto ' || i, 'mesa-de-canto-' || i, 10 + i, 5 + i, 'Mesa leve de madeira clara ' || i, CASE WHEN i % 2 = 0 THEN 'a' ELSE 'b' END,
	timestamptz '2024-01-01' + i * interval '1 day' FROM generate_series(1, 60) i;
INSERT INTO orders SELECT i, i, CASE WHEN i % 5 = 0 THEN 'pending' WHEN i % 5 = 1 THEN 'cancelled' ELSE 'delivered' END, 0, 0, 0,
	o.at, o.at + interval '1 day', o.at + interval '2 days', o.at + interval '3 days', o.at + interval '2 hours', 1 + i % 3, o.at
	FROM generate_series(1, 60) i, LATERAL (SELECT timestamptz '2025-06-01' + i * interval '1 day' AS at) o;
UPDATE orders SET paid_at = NULL, shipped_at = NULL, delivered_at = NULL WHERE status <> 'delivered';
UPDATE orders SET cancelled_at = NULL WHERE status <> 'cancelled';
INSERT INTO items SELECT o.id, l, p.id, l, p.price, l * p.price FROM orders o, LATERAL generate_series(1, items_count) l
	JOIN product p ON true WHERE p.id = 1 + o.id * l % 40;
UPDATE orders SET subtotal = s, discount = id % 2, total = s - id % 2 FROM (SELECT order_id, sum(amount) AS s FROM items GROUP BY 1) x WHERE order_id = id;
UPDATE person_user SET deleted_at = updated_at WHERE id = 60;
INSERT INTO comments SELECT i, CASE WHEN i % 2 = 0 THEN 'Product' ELSE 'Order' END, i, 'O produto chegou no prazo, pedido ' || i, 1 + i % 5,
	timestamptz '2025-09-01' + i * interval '1 day' FROM generate_series(1, 60) i;
