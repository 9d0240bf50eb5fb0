SELECT 'root', count(*) FROM shelf WHERE above IS NULL AND depth <> 0
UNION ALL SELECT 'depth', count(*) FROM shelf s JOIN shelf a ON (a.shop, a.id) = (s.shop, s.above) WHERE s.depth <> a.depth + 1
UNION ALL SELECT 'box', count(*) FROM box b JOIN shelf s ON (s.shop, s.id) = (b.shop, b.shelf) WHERE b.depth <> s.depth * 10
UNION ALL SELECT 'deep enough', (max(depth) < 2)::int FROM shelf;
