-- KIND: one of three composite foreign keys, of each of which one column may be NULL and one may not
-- RIGHT: fills
CREATE TABLE bid (no int PRIMARY KEY, closed boolean NOT NULL, UNIQUE (no, closed));
CREATE TABLE deal (no int PRIMARY KEY, closed boolean NOT NULL, UNIQUE (no, closed));
CREATE TABLE lease (no int PRIMARY KEY, closed boolean NOT NULL, UNIQUE (no, closed));
CREATE TABLE paper (id int PRIMARY KEY, bid int, deal int, lease int,
	bid_closed boolean NOT NULL DEFAULT false, deal_closed boolean NOT NULL DEFAULT false,
	lease_closed boolean NOT NULL DEFAULT false, title text NOT NULL,
	FOREIGN KEY (bid, bid_closed) REFERENCES bid (no, closed),
	FOREIGN KEY (deal, deal_closed) REFERENCES deal (no, closed),
	FOREIGN KEY (lease, lease_closed) REFERENCES lease (no, closed),
	CONSTRAINT arc CHECK (num_nonnulls(bid, deal, lease) = 1),
	UNIQUE (bid, title), UNIQUE (deal, title), UNIQUE (lease, title));
-- within a tenant that all of them share
CREATE TABLE tenant (id int PRIMARY KEY);
CREATE TABLE team (tenant int REFERENCES tenant (id), id int, PRIMARY KEY (tenant, id));
CREATE TABLE person (tenant int REFERENCES tenant (id), id int, PRIMARY KEY (tenant, id));
CREATE TABLE grants (id int PRIMARY KEY, tenant int NOT NULL REFERENCES tenant (id), team int, person int,
	FOREIGN KEY (tenant, team) REFERENCES team (tenant, id),
	FOREIGN KEY (tenant, person) REFERENCES person (tenant, id),
	CHECK ((team IS NULL) <> (person IS NULL)));
-- all columns or none, by MATCH FULL, tied to a time
CREATE TABLE seal (id int PRIMARY KEY, tenant int, team int, sealed_at timestamptz,
	FOREIGN KEY (tenant, team) REFERENCES team (tenant, id) MATCH FULL,
	CHECK ((team IS NULL) = (sealed_at IS NULL)));
