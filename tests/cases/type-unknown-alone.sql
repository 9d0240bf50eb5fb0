-- KIND: the only table has a column that cannot be NULL, of a type of which nothing is known
-- RIGHT: skips: public.grantee
CREATE TABLE grantee (id int PRIMARY KEY, may aclitem NOT NULL);
