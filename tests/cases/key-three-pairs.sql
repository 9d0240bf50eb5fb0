-- KIND: of three foreign keys every pair is unique, and one of the three may be NULL
-- RIGHT: fills
CREATE TABLE teacher (id int PRIMARY KEY);
CREATE TABLE room (id int PRIMARY KEY);
CREATE TABLE hour (id int PRIMARY KEY);
CREATE TABLE lesson (teacher int NOT NULL REFERENCES teacher (id), room int NOT NULL REFERENCES room (id),
	hour int NOT NULL REFERENCES hour (id), UNIQUE (teacher, hour), UNIQUE (room, hour), UNIQUE (teacher, room));
CREATE TABLE exam (id int PRIMARY KEY, teacher int REFERENCES teacher (id), room int NOT NULL REFERENCES room (id),
	hour int NOT NULL REFERENCES hour (id), UNIQUE (hour, teacher), UNIQUE (hour, room), UNIQUE (room, teacher));
