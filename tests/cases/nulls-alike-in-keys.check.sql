SELECT 'one side never occurs', (count(a_id) = 0 OR count(b_id) = 0)::int FROM member;
SELECT 'one side never occurs', (count(a_id) = 0 OR count(b_id) = 0)::int FROM given;
SELECT 'one side never occurs', (count(a_id) = 0 OR count(b_id) = 0)::int FROM link;
