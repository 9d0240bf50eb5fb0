-- KIND: a member of jsonb as jsonb prints it, with the quotes of a text, beside one without them
-- RIGHT: fills
CREATE TABLE printed (id int PRIMARY KEY,
	quoted jsonb NOT NULL CHECK ((quoted -> 'a')::text = '"x"'),
	plain jsonb NOT NULL CHECK ((plain ->> 'a')::text = 'x' AND (plain -> 'n')::text = '7'));
