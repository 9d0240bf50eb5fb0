-- KIND: defaults that take values from sequences which no column owns, which two tables share, or which a parent owns
-- RIGHT: fills
CREATE SEQUENCE actor_seq;
CREATE TABLE actor (id int PRIMARY KEY DEFAULT nextval('actor_seq'), name text NOT NULL);
CREATE SEQUENCE both_seq;
CREATE TABLE left_one (id bigint PRIMARY KEY DEFAULT nextval('both_seq'));
CREATE TABLE right_one (id bigint PRIMARY KEY DEFAULT nextval('both_seq'), left_id bigint REFERENCES left_one);
CREATE TABLE base (id serial, note text);
CREATE TABLE derived (more int, PRIMARY KEY (id)) INHERITS (base);
CREATE SEQUENCE old_seq;
CREATE TABLE old (id int PRIMARY KEY DEFAULT nextval(('public.old_seq'::text)::regclass));
CREATE SEQUENCE down_seq INCREMENT -1;
CREATE TABLE down (id int PRIMARY KEY DEFAULT nextval('down_seq'));
