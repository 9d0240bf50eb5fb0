SELECT 'ports of both kinds are there', 2 - count(DISTINCT alt = 0) FROM listener;
