SELECT 'empty ranges', count(*) FROM block WHERE isempty(ids) OR isempty(many);
SELECT 'spans of one value where the subtype has an order', count(*) FROM span WHERE lower(t) = upper(t) OR lower(l) >= upper(l);
SELECT 'other floors', count(*) FROM span WHERE lower(f)::int NOT BETWEEN -2 AND 40;
