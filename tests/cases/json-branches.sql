-- KIND: disjunctions over members of jsonb, whole values in a branch, in a unique key, beside foreign keys
-- RIGHT: fills
CREATE TABLE source (id int PRIMARY KEY, scheme text NOT NULL CHECK (scheme IN ('npm', 'go')), rule jsonb NOT NULL, tenant int NOT NULL,
	CHECK (rule ? 'Version' AND rule ->> 'Version' <> '' AND rule ->> 'Name' <> '' AND NOT rule ? 'Glob'
		OR rule ? 'Glob' AND rule ->> 'Glob' <> '' AND NOT rule ? 'Version'),
	UNIQUE (scheme, rule, tenant));
CREATE TABLE folder (id int PRIMARY KEY, up_id int REFERENCES folder, top_id int REFERENCES folder,
	acl jsonb NOT NULL DEFAULT '{}', group_acl jsonb NOT NULL DEFAULT '{}',
	CHECK (up_id IS NULL AND top_id IS NULL OR acl = '{}' AND group_acl = '{}'));
CREATE TABLE pay (id int PRIMARY KEY, kind text NOT NULL, info jsonb, folder_id int NOT NULL REFERENCES folder,
	CHECK (CASE kind WHEN 'card' THEN info ->> 'last4' ~ '^[0-9]{4}$' AND info ? 'brand'
		WHEN 'pix' THEN jsonb_typeof(info -> 'key') = 'string' WHEN 'cash' THEN info IS NULL ELSE false END));
CREATE DOMAIN shape AS jsonb CHECK (VALUE @> '{"kind": "circle"}' AND (VALUE ->> 'r')::numeric > 0 OR VALUE @> '{"kind": "square"}' AND VALUE ? 'side');
CREATE TABLE figure (id int PRIMARY KEY, shape shape NOT NULL, folder_id int REFERENCES folder);
