-- The eight tables of TPC-H (specification 3.0.1, section 1.4) with its types, keys, ranges and
-- lists of values as checks, so that plan-check finds in the schema what a plan would have to say.
CREATE SCHEMA tpch;
CREATE TABLE tpch.region (
	r_regionkey integer PRIMARY KEY,
	r_name char(25) NOT NULL,
	r_comment varchar(152) NOT NULL
);
CREATE TABLE tpch.nation (
	n_nationkey integer PRIMARY KEY,
	n_name char(25) NOT NULL,
	n_regionkey integer NOT NULL REFERENCES tpch.region,
	n_comment varchar(152) NOT NULL
);
CREATE TABLE tpch.part (
	p_partkey bigint PRIMARY KEY,
	p_name varchar(55) NOT NULL,
	p_mfgr char(25) NOT NULL
		CHECK (p_mfgr IN ('Manufacturer#1', 'Manufacturer#2', 'Manufacturer#3', 'Manufacturer#4', 'Manufacturer#5')),
	p_brand char(10) NOT NULL CHECK (p_brand ~ '^Brand#[1-5][1-5] *$'),
	p_type varchar(25) NOT NULL,
	p_size integer NOT NULL CHECK (p_size BETWEEN 1 AND 50),
	p_container char(10) NOT NULL CHECK (p_container IN ('SM CASE', 'LG BOX', 'MED BAG', 'JUMBO JAR', 'WRAP PKG')),
	p_retailprice numeric(12,2) NOT NULL CHECK (p_retailprice BETWEEN 901 AND 2098.99),
	p_comment varchar(23) NOT NULL
);
CREATE TABLE tpch.supplier (
	s_suppkey bigint PRIMARY KEY,
	s_name char(25) NOT NULL,
	s_address varchar(40) NOT NULL,
	s_nationkey integer NOT NULL REFERENCES tpch.nation,
	s_phone char(15) NOT NULL CHECK (s_phone ~ '^[1-3][0-9]-[1-9][0-9]{2}-[1-9][0-9]{2}-[1-9][0-9]{3}$'),
	s_acctbal numeric(12,2) NOT NULL CHECK (s_acctbal BETWEEN -999.99 AND 9999.99),
	s_comment varchar(101) NOT NULL
);
CREATE TABLE tpch.partsupp (
	ps_partkey bigint NOT NULL REFERENCES tpch.part,
	ps_suppkey bigint NOT NULL REFERENCES tpch.supplier,
	ps_availqty integer NOT NULL CHECK (ps_availqty BETWEEN 1 AND 9999),
	ps_supplycost numeric(12,2) NOT NULL CHECK (ps_supplycost BETWEEN 1 AND 1000),
	ps_comment varchar(199) NOT NULL,
	PRIMARY KEY (ps_partkey, ps_suppkey)
);
CREATE TABLE tpch.customer (
	c_custkey bigint PRIMARY KEY,
	c_name varchar(25) NOT NULL,
	c_address varchar(40) NOT NULL,
	c_nationkey integer NOT NULL REFERENCES tpch.nation,
	c_phone char(15) NOT NULL CHECK (c_phone ~ '^[1-3][0-9]-[1-9][0-9]{2}-[1-9][0-9]{2}-[1-9][0-9]{3}$'),
	c_acctbal numeric(12,2) NOT NULL CHECK (c_acctbal BETWEEN -999.99 AND 9999.99),
	c_mktsegment char(10) NOT NULL
		CHECK (c_mktsegment IN ('AUTOMOBILE', 'BUILDING', 'FURNITURE', 'MACHINERY', 'HOUSEHOLD')),
	c_comment varchar(117) NOT NULL
);
CREATE TABLE tpch.orders (
	o_orderkey bigint PRIMARY KEY,
	o_custkey bigint NOT NULL REFERENCES tpch.customer,
	o_orderstatus char(1) NOT NULL CHECK (o_orderstatus IN ('F', 'O', 'P')),
	o_totalprice numeric(12,2) NOT NULL CHECK (o_totalprice BETWEEN 850 AND 560000),
	o_orderdate date NOT NULL CHECK (o_orderdate BETWEEN '1992-01-01' AND '1998-08-02'),
	o_orderpriority char(15) NOT NULL
		CHECK (o_orderpriority IN ('1-URGENT', '2-HIGH', '3-MEDIUM', '4-NOT SPECIFIED', '5-LOW')),
	o_clerk char(15) NOT NULL CHECK (o_clerk ~ '^Clerk#000000[0-9]{3}$'),
	o_shippriority integer NOT NULL CHECK (o_shippriority = 0),
	o_comment varchar(79) NOT NULL
);
CREATE TABLE tpch.lineitem (
	l_orderkey bigint NOT NULL REFERENCES tpch.orders,
	l_partkey bigint NOT NULL,
	l_suppkey bigint NOT NULL,
	l_linenumber integer NOT NULL CHECK (l_linenumber BETWEEN 1 AND 7),
	l_quantity numeric(12,2) NOT NULL CHECK (l_quantity BETWEEN 1 AND 50),
	l_extendedprice numeric(12,2) NOT NULL CHECK (l_extendedprice BETWEEN 901 AND 104949.50),
	l_discount numeric(12,2) NOT NULL CHECK (l_discount BETWEEN 0 AND 0.1),
	l_tax numeric(12,2) NOT NULL CHECK (l_tax BETWEEN 0 AND 0.08),
	l_returnflag char(1) NOT NULL CHECK (l_returnflag IN ('A', 'N', 'R')),
	l_linestatus char(1) NOT NULL CHECK (l_linestatus IN ('F', 'O')),
	l_shipdate date NOT NULL,
	l_commitdate date NOT NULL,
	l_receiptdate date NOT NULL,
	l_shipinstruct char(25) NOT NULL
		CHECK (l_shipinstruct IN ('DELIVER IN PERSON', 'COLLECT COD', 'NONE', 'TAKE BACK RETURN')),
	l_shipmode char(10) NOT NULL CHECK (l_shipmode IN ('REG AIR', 'AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL', 'FOB')),
	l_comment varchar(44) NOT NULL,
	PRIMARY KEY (l_orderkey, l_linenumber),
	FOREIGN KEY (l_partkey, l_suppkey) REFERENCES tpch.partsupp
);
