-- KIND: checks that only the server can evaluate, by what values that are drawn do not have, over columns without a default
-- RIGHT: skips: public.report public.section
CREATE DOMAIN found AS tsvector CHECK (VALUE @@ to_tsquery('simple', 'found'));
CREATE TABLE report (id int PRIMARY KEY, words tsvector NOT NULL CHECK (words @@ to_tsquery('simple', 'annual')));
CREATE TABLE section (id int PRIMARY KEY, words found NOT NULL, title text NOT NULL);
CREATE TABLE note (id int PRIMARY KEY, report_id int REFERENCES report, words tsvector CHECK (words @@ to_tsquery('simple', 'annual')),
	extra found, size jsonb NOT NULL CHECK (pg_column_size(size) < 1000));
