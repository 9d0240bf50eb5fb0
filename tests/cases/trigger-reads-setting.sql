-- KIND: a trigger and a default that read a setting which nobody has made
-- RIGHT: fills
CREATE TABLE policy (id int PRIMARY KEY, tenant int NOT NULL DEFAULT current_setting('app.tenant')::int);
CREATE TABLE audit (id serial PRIMARY KEY, policy int NOT NULL, tenant int NOT NULL DEFAULT current_setting('app.tenant')::int);
CREATE FUNCTION audit_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit (policy) VALUES (NEW.id); RETURN NEW; END';
CREATE TRIGGER audit_it AFTER INSERT ON policy FOR EACH ROW EXECUTE FUNCTION audit_it();
