-- KIND: checks over members of jsonb columns: keys that have to be there, types, casts, sets, patterns, lengths, containment
-- RIGHT: fills
CREATE TABLE event (id int PRIMARY KEY,
	data jsonb NOT NULL CHECK ((data ->> 'qty')::int > 0 AND data ?& ARRAY['qty', 'sku']),
	meta jsonb CHECK (jsonb_typeof(meta -> 'size') = 'number' AND meta ->> 'unit' IN ('cm', 'in') AND meta ? 'size'),
	place jsonb NOT NULL CHECK (place #>> '{address,zip}' ~ '^[0-9]{5}$' AND place @> '{"type": "store", "address": {"country": "BR"}}'),
	tags jsonb NOT NULL DEFAULT '[]' CHECK (jsonb_typeof(tags) = 'array' AND jsonb_array_length(tags) BETWEEN 1 AND 5),
	plan json NOT NULL CHECK ((plan ->> 'price')::numeric BETWEEN 1 AND 99.5 AND (plan ->> 'active')::boolean AND length(plan ->> 'name') >= 12),
	doc jsonb NOT NULL CHECK (doc ->> 'email' IS NOT NULL AND position('@' IN doc ->> 'email') > 1 AND NOT doc ? 'id' AND doc <> '{}'));
CREATE TABLE setting (name text NOT NULL, value jsonb NOT NULL, UNIQUE (name, value),
	CHECK (jsonb_typeof(value -> 'list') = 'array' AND jsonb_array_length(value -> 'list') = 2 AND value -> 'mode' = '"on"'));
