-- KIND: several unique keys share columns: two parents each make the same columns distinct, on both sides
-- of a junction, beside a foreign key to the table itself, within a tenant
-- RIGHT: fills
CREATE TABLE grp (id int PRIMARY KEY);
CREATE TABLE vlan (id int PRIMARY KEY, no smallint NOT NULL CHECK (no >= 0), name varchar(64) NOT NULL,
	grp int REFERENCES grp (id), outer_vlan int REFERENCES vlan (id),
	UNIQUE (grp, name), UNIQUE (grp, no), UNIQUE (outer_vlan, name), UNIQUE (outer_vlan, no));
CREATE TABLE playlist (id int PRIMARY KEY);
CREATE TABLE song (id int PRIMARY KEY);
CREATE TABLE entry (playlist int NOT NULL REFERENCES playlist (id), song int NOT NULL REFERENCES song (id),
	place int NOT NULL, code text NOT NULL, PRIMARY KEY (playlist, song), UNIQUE (playlist, place),
	UNIQUE (song, place), UNIQUE (song, code), UNIQUE (code, playlist));
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE person (shop int NOT NULL REFERENCES shop (id), id int NOT NULL, PRIMARY KEY (shop, id));
CREATE TABLE duty (shop int NOT NULL REFERENCES shop (id), id int NOT NULL, PRIMARY KEY (shop, id));
CREATE TABLE roster (shop int NOT NULL, person int NOT NULL, duty int NOT NULL, turn int NOT NULL,
	FOREIGN KEY (shop, person) REFERENCES person (shop, id), FOREIGN KEY (shop, duty) REFERENCES duty (shop, id),
	UNIQUE (shop, person, duty), UNIQUE (shop, person, turn), UNIQUE (shop, duty, turn));
