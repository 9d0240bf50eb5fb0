CREATE ROLE "App Owner" SUPERUSER CONNECTION LIMIT 3;
/* one that its owner may make */ CREATE EXTENSION citext;
CREATE -- and one that a superuser has to
EXTENSION pg_buffercache;
COMMENT ON EXTENSION pg_buffercache IS 'not ours';
CREATE SCHEMA app;
CREATE TABLE app.t (id int PRIMARY KEY, mail citext NOT NULL);
ALTER TABLE app.t OWNER TO "App Owner";
ALTER SCHEMA app OWNER TO somebody;
GRANT SELECT ON app.t TO reader;
GRANT reader TO somebody;
ALTER TABLE app.t ADD note text;
