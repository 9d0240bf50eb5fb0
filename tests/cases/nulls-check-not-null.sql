-- KIND: a nullable foreign key that a CHECK has NOT NULL, under a unique index, or NULL in every row
-- RIGHT: fills
CREATE TABLE room (id int PRIMARY KEY);
CREATE TABLE rent (id int PRIMARY KEY, room int REFERENCES room (id), CONSTRAINT has_room CHECK (room IS NOT NULL));
CREATE UNIQUE INDEX ON rent (room);
CREATE TABLE lot (a int, b int, PRIMARY KEY (a, b));
CREATE TABLE use (id int PRIMARY KEY, a int, b int, FOREIGN KEY (a, b) REFERENCES lot (a, b), CHECK (b IS NOT NULL));
CREATE TABLE node (id int PRIMARY KEY, up int REFERENCES node (id), CONSTRAINT never_root CHECK (up IS NOT NULL));
