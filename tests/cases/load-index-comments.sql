-- KIND: comments on the indexes of keys that foreign keys refer to, on the constraints, and on a plain index
-- RIGHT: fills
CREATE TABLE person (id int PRIMARY KEY, email text UNIQUE, code int, UNIQUE (id, code));
COMMENT ON INDEX person_email_key IS 'of e-mails';
COMMENT ON CONSTRAINT person_id_code_key ON person IS 'of codes';
COMMENT ON INDEX person_pkey IS 'of people';
CREATE TABLE letter (id int PRIMARY KEY, email text REFERENCES person (email), boss int REFERENCES person);
COMMENT ON CONSTRAINT letter_email_fkey ON letter IS 'who wrote it';
CREATE INDEX letter_boss ON letter (boss);
COMMENT ON INDEX letter_boss IS 'by boss';
