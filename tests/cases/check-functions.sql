-- KIND: checks by regexp_replace(), to_char(), and the ends and ranges of enums
-- RIGHT: fills
CREATE TYPE level AS ENUM ('low', 'mid', 'high', 'top');
CREATE TABLE person (id int PRIMARY KEY, phone text NOT NULL CHECK (length(regexp_replace(phone, '\D', '', 'g')) = 11),
	nick text NOT NULL CHECK (regexp_replace(nick, '[^a-z0-9]', '', 'gi') = nick), note text CHECK (regexp_replace(note, '\s+$', '') = note),
	level level NOT NULL CHECK (level > enum_first(level) AND level <= enum_last(level)),
	other level NOT NULL CHECK (other = ANY (enum_range('mid'::level, NULL)) AND other <> enum_last(NULL::level)));
CREATE TABLE invoice (id int PRIMARY KEY, day date NOT NULL, period text NOT NULL, at timestamptz NOT NULL,
	CHECK (period = to_char(day, 'YYYY-MM')), CHECK (to_char(at, 'HH24')::int BETWEEN 8 AND 17), CHECK (to_char(at, 'ID') NOT IN ('6', '7')));
