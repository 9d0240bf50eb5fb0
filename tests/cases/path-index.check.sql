SELECT 'indexes', 3 - count(*) FROM pg_index WHERE indrelid = 'span'::regclass AND indisvalid;
