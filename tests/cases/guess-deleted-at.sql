-- KIND: what is deleted or archived was created before, though no check says so
-- RIGHT: fills
CREATE TABLE note (id int PRIMARY KEY, created_at timestamptz NOT NULL DEFAULT now(),
	updated_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz, archived_at timestamptz);
