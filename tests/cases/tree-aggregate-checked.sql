-- KIND: a key to the own table whose rows' aggregate has a check of its own: that check has no row drawn
-- again, so that what is read of the other row does not hang on the aggregate
-- RIGHT: fills
CREATE TABLE note (id int PRIMARY KEY, corrects int REFERENCES note (id), issued date NOT NULL, due date NOT NULL, before date,
	total numeric(14, 2) NOT NULL CHECK (total >= 0), CHECK (mod(due - issued, 3) = 1));
CREATE TABLE item (id int PRIMARY KEY, note int NOT NULL REFERENCES note (id), amount numeric(10, 2) NOT NULL CHECK (amount > 0));
