-- KIND: rare types of PostgreSQL itself, alone and in arrays
-- RIGHT: fills
CREATE TABLE rare (id int PRIMARY KEY, x xid NOT NULL, x8 xid8 NOT NULL UNIQUE, c cid NOT NULL, t tid NOT NULL UNIQUE,
	v int2vector NOT NULL, o oidvector NOT NULL, s txid_snapshot NOT NULL, p pg_snapshot NOT NULL, r refcursor NOT NULL,
	j jsonpath NOT NULL, l pg_lsn NOT NULL UNIQUE, class regclass NOT NULL, role regrole NOT NULL, one "char" NOT NULL,
	m macaddr8 NOT NULL UNIQUE, cash money NOT NULL UNIQUE, b bit(7) NOT NULL UNIQUE, vb varbit NOT NULL);
CREATE TABLE rare_lists (id int PRIMARY KEY, x xid[] NOT NULL, x8 xid8[] NOT NULL, t tid[] NOT NULL, p pg_snapshot[] NOT NULL,
	j jsonpath[] NOT NULL, l pg_lsn[] NOT NULL, class regclass[] NOT NULL, one "char"[] NOT NULL, frame box[] NOT NULL,
	cash money[] NOT NULL, b bit(7)[] NOT NULL);
