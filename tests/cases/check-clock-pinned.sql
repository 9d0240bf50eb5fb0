-- KIND: values that must lie after now, where the plan pins a day long ago
-- RIGHT: fills
CREATE TABLE voucher (id int PRIMARY KEY, expires_at timestamptz NOT NULL CHECK (expires_at > now()),
	day date NOT NULL CHECK (day >= current_date), until timestamp CHECK (until > localtimestamp));
