SELECT 'one kind never occurs', (count(bid) = 0 OR count(deal) = 0 OR count(lease) = 0)::int FROM paper;
SELECT 'one side never occurs', (count(team) = 0 OR count(person) = 0)::int FROM grants;
