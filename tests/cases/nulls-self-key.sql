-- KIND: a table's key to itself whose NULLs are tied to other columns
-- RIGHT: fills
CREATE TABLE account (id int PRIMARY KEY, closed_by int REFERENCES account (id), closed_at timestamptz,
	CHECK ((closed_at IS NULL) = (closed_by IS NULL)));
CREATE TABLE branch (id int PRIMARY KEY, parent_id int REFERENCES branch (id),
	level int NOT NULL CHECK (level BETWEEN 0 AND 9), CHECK ((parent_id IS NULL) = (level = 0)));
CREATE TABLE cond (id int PRIMARY KEY);
CREATE TABLE joined (id int PRIMARY KEY, up int REFERENCES joined (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
	seq int NOT NULL DEFAULT 1, side text CHECK (side IS NULL OR side IN ('INNER', 'LEFT', 'RIGHT')),
	cond int REFERENCES cond (id),
	CHECK (up IS NULL AND side IS NULL AND cond IS NULL OR up IS NOT NULL AND side IS NOT NULL AND cond IS NOT NULL));
CREATE UNIQUE INDEX ON joined (up, seq) WHERE up IS NOT NULL;
-- two keys to the table itself, of which a row has one at most
CREATE TABLE post (id bigint PRIMARY KEY, reply_to bigint REFERENCES post (id), quotes bigint REFERENCES post (id),
	body text NOT NULL, CHECK (reply_to IS NULL OR quotes IS NULL));
-- in a tenant, and xor with an owner
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE category (shop int REFERENCES shop (id), id int, parent int, curator text,
	PRIMARY KEY (shop, id), FOREIGN KEY (shop, parent) REFERENCES category (shop, id),
	CHECK ((parent IS NULL) <> (curator IS NULL)));
