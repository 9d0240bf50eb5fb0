SELECT 'sad moods', count(*) FROM basket WHERE 'sad' = ANY (moods::mood[]);
SELECT 'few codes', (count(DISTINCT codes::text) < 50)::int FROM basket;
