SELECT 'units', 1 - count(*) FROM unit;
SELECT 'sizes', 100 - count(*) FROM size;
