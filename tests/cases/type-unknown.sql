-- KIND: a type of which nothing is known is NULL, has its default, or takes the literals of a rule
-- RIGHT: fills
CREATE TABLE grantee (id int PRIMARY KEY, may_be aclitem, usual aclitem NOT NULL DEFAULT makeaclitem(10, 10, 'SELECT', false),
	said aclitem NOT NULL, list aclitem[] NOT NULL DEFAULT '{}');
