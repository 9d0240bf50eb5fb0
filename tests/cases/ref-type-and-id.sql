-- KIND: a type and an id that name a row of one of several tables, which no foreign key says: texts, an enum, small
-- integers; ids that are uuids, texts of keys of different types; rows of the same table; a table that refers back
-- RIGHT: fills
CREATE SCHEMA media;
CREATE TABLE post (id int PRIMARY KEY, title text NOT NULL, best_reaction bigint);
CREATE TABLE media.video (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, title text);
CREATE TABLE remark (id int PRIMARY KEY, remarkable_type text NOT NULL CHECK (remarkable_type IN ('Post', 'Video', 'Remark')),
	remarkable_id bigint NOT NULL, body text NOT NULL);
CREATE TYPE "Kind" AS ENUM ('an image', 'it''s a person');
CREATE TABLE image (id uuid PRIMARY KEY);
CREATE TABLE person (country char(2), nr int, email varchar(40) UNIQUE NOT NULL, PRIMARY KEY (country, nr));
CREATE TABLE "Tag" (id bigint PRIMARY KEY, "onKind" "Kind", "onId" text, CHECK (("onKind" IS NULL) = ("onId" IS NULL)));
CREATE TABLE reaction (id bigint PRIMARY KEY, target smallint NOT NULL, target_id numeric(12), UNIQUE (id, target));
