-- KIND: a composite foreign key holds the table's own primary key and leads to a child of the row itself: the
-- owner among the members, the default address, the current version; NOT NULL or not, with names that need quotes
-- RIGHT: fills
-- ROWS: 100;public.member=400
CREATE TABLE usr (id int PRIMARY KEY);
CREATE TABLE team (id int PRIMARY KEY, owner int NOT NULL);
CREATE TABLE member (team int NOT NULL REFERENCES team (id) ON DELETE CASCADE, usr int NOT NULL REFERENCES usr (id),
	role text NOT NULL CHECK (role IN ('owner', 'user')), PRIMARY KEY (team, usr));
CREATE UNIQUE INDEX ON member (team) WHERE role = 'owner';
ALTER TABLE team ADD FOREIGN KEY (id, owner) REFERENCES member (team, usr) DEFERRABLE INITIALLY DEFERRED;
CREATE TABLE customer (id int PRIMARY KEY, address int);
CREATE TABLE address (customer int NOT NULL REFERENCES customer (id), id int NOT NULL, PRIMARY KEY (customer, id));
ALTER TABLE customer ADD FOREIGN KEY (id, address) REFERENCES address (customer, id);
CREATE TABLE "Doc" (id int PRIMARY KEY, "order" date, UNIQUE (id, "order"));
CREATE TABLE "Ver" (id int PRIMARY KEY, "doc Id" int NOT NULL REFERENCES "Doc" (id), "order" date NOT NULL,
	UNIQUE ("doc Id", "order"));
ALTER TABLE "Doc" ADD FOREIGN KEY (id, "order") REFERENCES "Ver" ("doc Id", "order");
