SELECT 'no zip', count(*) FROM event WHERE place #>> '{address,zip}' IS NULL;
SELECT 'too few sizes', greatest(0, 20 - count(DISTINCT meta ->> 'size')) FROM event;
SELECT 'too few orders', greatest(0, 8 - count(DISTINCT data ->> 'qty')) FROM event;
