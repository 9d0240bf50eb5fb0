-- KIND: a foreign key that may be NULL leads back to a table of subtypes, whose primary key refers to the table
-- itself; to subtypes of subtypes; within a tenant; under a check
-- RIGHT: fills
-- ROWS: 100;public.topic=40;public.poll=20;public.manager=100
CREATE TABLE item (id uuid PRIMARY KEY, poll uuid, topic uuid, parent uuid REFERENCES item (id), note text);
CREATE TABLE topic (id uuid PRIMARY KEY REFERENCES item (id) ON DELETE CASCADE, title text NOT NULL);
CREATE TABLE poll (id uuid PRIMARY KEY REFERENCES topic (id), ends date NOT NULL);
ALTER TABLE item ADD FOREIGN KEY (topic) REFERENCES topic (id), ADD FOREIGN KEY (poll) REFERENCES poll (id);
CREATE TABLE shop (id int PRIMARY KEY);
CREATE TABLE person (shop int NOT NULL REFERENCES shop (id), id int NOT NULL, boss int, PRIMARY KEY (shop, id));
CREATE TABLE manager (shop int NOT NULL, id int NOT NULL, PRIMARY KEY (shop, id),
	FOREIGN KEY (shop, id) REFERENCES person (shop, id));
ALTER TABLE person ADD FOREIGN KEY (shop, boss) REFERENCES manager (shop, id);
CREATE TABLE worker (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, lead bigint,
	kind text NOT NULL CHECK (kind IN ('free', 'led')), CHECK (kind <> 'led' OR lead IS NOT NULL));
CREATE TABLE lead (worker bigint PRIMARY KEY REFERENCES worker (id), since date NOT NULL);
ALTER TABLE worker ADD FOREIGN KEY (lead) REFERENCES lead (worker);
