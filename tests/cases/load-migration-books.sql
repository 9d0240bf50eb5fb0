-- KIND: the tables in which migration tools note what they have done, with and without rows
-- RIGHT: fills
-- EMPTY: public.schema_migrations public.flyway_schema_history public."__EFMigrationsHistory" public.migrations
CREATE TABLE alembic_version (version_num varchar(32) NOT NULL PRIMARY KEY);
INSERT INTO alembic_version VALUES ('8f2');
CREATE TABLE schema_migrations (version varchar PRIMARY KEY);
CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, script varchar(1000) NOT NULL);
CREATE TABLE "__EFMigrationsHistory" ("MigrationId" varchar(150) PRIMARY KEY);
CREATE TABLE migrations (id serial PRIMARY KEY, migration text NOT NULL, batch int NOT NULL);
CREATE TABLE schema_version (id int PRIMARY KEY, name text NOT NULL); -- no tool's: it has none of their columns
CREATE TABLE account (id serial PRIMARY KEY, name text);
