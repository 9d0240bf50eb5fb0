-- KIND: members of jsonb as dates, moments and numbers, by -> and ->>, with bounds
-- RIGHT: fills
CREATE TABLE member (id int PRIMARY KEY,
	data jsonb NOT NULL CHECK ((data ->> 'born')::date <= '2020-01-01' AND (data ->> 'born')::date > '1950-01-01'),
	rank jsonb NOT NULL CHECK ((rank -> 'n')::int BETWEEN 3 AND 9 AND (rank -> 'main')::boolean),
	seen jsonb NOT NULL CHECK ((seen ->> 'at')::timestamptz < '2026-01-01' AND seen ? 'at'));
