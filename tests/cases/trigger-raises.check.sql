SELECT 'not stamped', count(*) FROM trip WHERE NOT stamped;
SELECT 'triggers off', count(*) FROM pg_trigger WHERE tgenabled <> 'O';
