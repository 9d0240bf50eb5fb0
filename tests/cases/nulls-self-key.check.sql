SELECT 'never closed', (count(closed_by) = 0)::int FROM account;
SELECT 'no quotes or no replies', (count(reply_to) = 0 OR count(quotes) = 0)::int FROM post;
SELECT 'more roots than asked for', (count(*) FILTER (WHERE parent_id IS NULL) > 15)::int FROM branch;
