SELECT 'teams', 100 - count(*) FROM team;
SELECT 'no address', count(*) FROM customer WHERE address IS NULL;
SELECT 'no version', count(*) FROM "Doc" WHERE "order" IS NULL;
