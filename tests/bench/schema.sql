-- The seven-cell child that generators of relational data are compared by: two uuids, a
-- timestamp with zone, a decimal, a text, a boolean and an enum.
DROP SCHEMA IF EXISTS bench CASCADE;
CREATE SCHEMA bench;
CREATE TYPE bench.status AS ENUM ('novo', 'qualificado', 'perdido');
CREATE TABLE bench.parents (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid()
);
CREATE TABLE bench.children (
	id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
	parent_id uuid NOT NULL REFERENCES bench.parents (id),
	created_at timestamptz NOT NULL DEFAULT now(),
	amount numeric(12,2) NOT NULL,
	name text NOT NULL,
	active boolean NOT NULL DEFAULT true,
	status bench.status NOT NULL DEFAULT 'novo'
);
