SELECT 'crates', 100 - count(*) FROM crate;
SELECT 'sizes', 100 - count(*) FROM crate_size;
SELECT 'days', 100 - count(*) FROM day_count;
