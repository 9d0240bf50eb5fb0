-- A table of the width and the mix of types of TPC-H's lineitem, below its orders.
CREATE SCHEMA line;
CREATE TABLE line.orders (
	o_orderkey bigint PRIMARY KEY,
	o_orderdate date NOT NULL CHECK (o_orderdate BETWEEN '1992-01-01' AND '1998-08-02')
);
CREATE TABLE line.lineitem (
	l_orderkey bigint NOT NULL REFERENCES line.orders,
	l_linenumber integer NOT NULL CHECK (l_linenumber BETWEEN 1 AND 7),
	l_partkey integer NOT NULL CHECK (l_partkey BETWEEN 1 AND 200000),
	l_suppkey integer NOT NULL CHECK (l_suppkey BETWEEN 1 AND 10000),
	l_quantity numeric(4,2) NOT NULL CHECK (l_quantity BETWEEN 1 AND 50),
	l_extendedprice numeric(12,2) NOT NULL CHECK (l_extendedprice > 0),
	l_discount numeric(3,2) NOT NULL CHECK (l_discount BETWEEN 0 AND 0.1),
	l_tax numeric(3,2) NOT NULL CHECK (l_tax BETWEEN 0 AND 0.08),
	l_returnflag char(1) NOT NULL CHECK (l_returnflag IN ('A', 'N', 'R')),
	l_linestatus char(1) NOT NULL CHECK (l_linestatus IN ('O', 'F')),
	l_shipdate date NOT NULL,
	l_commitdate date NOT NULL,
	l_receiptdate date NOT NULL CHECK (l_receiptdate >= l_shipdate),
	l_shipinstruct text NOT NULL
		CHECK (l_shipinstruct IN ('DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN')),
	l_shipmode text NOT NULL
		CHECK (l_shipmode IN ('REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB')),
	l_comment varchar(44) NOT NULL,
	PRIMARY KEY (l_orderkey, l_linenumber)
);
