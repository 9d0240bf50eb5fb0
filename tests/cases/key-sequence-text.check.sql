SELECT 'no digits', count(*) FROM lot WHERE no !~ '^[0-9]+$' OR short !~ '^[0-9]+$';
SELECT 'beyond the rows', count(*) FROM lot WHERE no::int NOT BETWEEN 1 AND 100;
INSERT INTO lot (id) SELECT max(id) + 1 FROM lot;
SELECT 'the next', 101 - count(*) FROM lot;
