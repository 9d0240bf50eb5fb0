SELECT 'as wide as the whole', count(*) FROM token WHERE active = valid;
SELECT 'empty', count(*) FROM token WHERE isempty(active);
