-- KIND: foreign keys, unique keys, NOT NULL and CHECKs that single partitions have for themselves
-- RIGHT: fills
CREATE TABLE buyer (id int PRIMARY KEY);
CREATE TABLE seller (id int PRIMARY KEY, code text NOT NULL UNIQUE);
CREATE TABLE sale (id int NOT NULL, buyer int NOT NULL, seller text, ref text, amount int NOT NULL, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE sale_1 (extra_first int, LIKE sale INCLUDING ALL);
ALTER TABLE sale_1 DROP COLUMN extra_first;
ALTER TABLE sale ATTACH PARTITION sale_1 FOR VALUES FROM ('2025-01-01') TO ('2025-02-01');
CREATE TABLE sale_2 PARTITION OF sale FOR VALUES FROM ('2025-02-01') TO ('2025-03-01');
ALTER TABLE sale_1 ADD PRIMARY KEY (id), ADD FOREIGN KEY (buyer) REFERENCES buyer, ADD CHECK (amount > 0 AND amount < 1000);
ALTER TABLE sale_2 ADD FOREIGN KEY (buyer) REFERENCES buyer, ADD FOREIGN KEY (seller) REFERENCES seller (code),
	ALTER seller SET NOT NULL, ADD UNIQUE (ref), ADD CHECK (amount < 0);
CREATE TABLE log (id int, level int NOT NULL, text_of text) PARTITION BY LIST (level);
CREATE TABLE log_1 PARTITION OF log FOR VALUES IN (1, 2);
CREATE TABLE log_3 PARTITION OF log FOR VALUES IN (3) PARTITION BY HASH (id);
CREATE TABLE log_3a PARTITION OF log_3 FOR VALUES WITH (MODULUS 1, REMAINDER 0);
CREATE UNIQUE INDEX log_1_lower ON log_1 (lower(text_of));
ALTER TABLE log_3a ADD FOREIGN KEY (id) REFERENCES buyer;
