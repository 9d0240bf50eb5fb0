SELECT 'readings', 100 - count(*) FROM ONLY reading;
SELECT 'parts', 100 - count(*) FROM part;
SELECT 'triggers off', count(*) FROM pg_trigger WHERE tgenabled <> 'O';
