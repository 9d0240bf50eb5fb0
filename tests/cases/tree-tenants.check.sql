SELECT 'no roots', (count(*) FILTER (WHERE kind = 'root') = 0)::int FROM pane
UNION ALL SELECT 'one root id', (count(DISTINCT "rootId") < 2)::int FROM pane
UNION ALL SELECT 'no trees', (count(parent) < 50)::int FROM node
UNION ALL SELECT 'no folders in folders', (count(*) FILTER (WHERE up <> id) < 50)::int FROM folder;
