-- KIND: partial unique indexes over a column that may be NULL overlap other keys: where it is NULL, with
-- another column, where it is not NULL; whatever the indexes are called
-- RIGHT: fills
CREATE TABLE alarm (id int PRIMARY KEY);
CREATE TABLE remark (id int PRIMARY KEY);
CREATE TABLE mention (id int PRIMARY KEY, alarm int NOT NULL REFERENCES alarm (id) ON DELETE CASCADE, remark int);
CREATE UNIQUE INDEX a ON mention (alarm) WHERE remark IS NULL;
CREATE UNIQUE INDEX b ON mention (alarm, remark);
CREATE UNIQUE INDEX c ON mention (remark) WHERE remark IS NOT NULL;
CREATE TABLE notice (id int PRIMARY KEY, alarm int NOT NULL REFERENCES alarm (id) ON DELETE CASCADE,
	remark int REFERENCES remark (id));
CREATE UNIQUE INDEX z ON notice (alarm) WHERE remark IS NULL;
CREATE UNIQUE INDEX y ON notice (alarm, remark);
CREATE UNIQUE INDEX x ON notice (remark) WHERE remark IS NOT NULL;
CREATE TABLE quote (id int PRIMARY KEY, remark int REFERENCES remark (id), name text NOT NULL);
CREATE UNIQUE INDEX q1 ON quote (remark) WHERE remark IS NOT NULL;
CREATE UNIQUE INDEX q2 ON quote (remark, name);
CREATE UNIQUE INDEX q3 ON quote (name) WHERE remark IS NULL;
CREATE TABLE licence (id int PRIMARY KEY, alarm int NOT NULL REFERENCES alarm (id), active boolean NOT NULL,
	kind text NOT NULL CHECK (kind IN ('free', 'paid')), code text NOT NULL);
CREATE UNIQUE INDEX l1 ON licence (alarm) WHERE active;
CREATE UNIQUE INDEX l2 ON licence (alarm, kind) WHERE active;
CREATE UNIQUE INDEX l3 ON licence (alarm, code);
CREATE UNIQUE INDEX l4 ON licence (code, kind);
