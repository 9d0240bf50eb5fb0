-- KIND: regular expressions with back references, alone, optional, in a key, refused, over two groups
-- RIGHT: fills
CREATE TABLE pattern (id int PRIMARY KEY,
	pair text NOT NULL CHECK (pair ~ '^(ab|cd)-\1$'),
	palindrome text NOT NULL CHECK (palindrome ~ '^(\w)\w\1$'),
	code text NOT NULL UNIQUE CHECK (code ~ '^([a-z]{2,5})-([0-9]+)(/\2/\1)?$'),
	short varchar(9) NOT NULL CHECK (short ~ '^(?:x|(y+))\1[0-9]$'),
	plain text NOT NULL CHECK (plain !~ '(.)\1'));
